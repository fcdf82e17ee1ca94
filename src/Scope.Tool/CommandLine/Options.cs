using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace GoGoScope.Tool;

/// <summary>Options of certain kinds, which refuse what they can't be with what would be right.</summary>
internal static class Options
{
    internal static Option<TimeSpan?> Time(string name, string description, TimeSpan least, TimeSpan most) => new(name)
    {
        HelpName = "TIME",
        Description = description,
        CustomParser = argument => ParseTime(argument, name, least, most),
    };

    internal static Option<int?> Number(string name, string helpName, string description, int least, int most) => new(name)
    {
        HelpName = helpName,
        Description = description,
        CustomParser = argument => ParseNumber(argument, name, least, most),
    };

    internal static Option<string?> Text(string name, string helpName, string description) => new(name)
    {
        HelpName = helpName,
        Description = description,
        CustomParser = argument => ParseText(argument, name),
    };

    private static TimeSpan? ParseTime(ArgumentResult argument, string name, TimeSpan least, TimeSpan most)
    {
        var text = argument.Tokens[^1].Value;
        var time = Duration.TryParse(text);
        if (time is null) argument.AddError($"{name} must be {Duration.Forms}, not {Said.Quoted(text)}.");
        else if (time < least || time > most) argument.AddError($"{name} must be from {Duration.Format(least)} to {Duration.Format(most)}, not {Said.Quoted(text)}.");
        return time;
    }

    private static int? ParseNumber(ArgumentResult argument, string name, int least, int most)
    {
        var text = argument.Tokens[^1].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        argument.AddError($"{name} must be a whole number from {least} to {most}, not {Said.Quoted(text)}.");
        return null;
    }

    private static string? ParseText(ArgumentResult argument, string name)
    {
        var text = argument.Tokens[^1].Value;
        if (string.IsNullOrWhiteSpace(text)) argument.AddError($"{name} must not be empty or white space.");
        return text;
    }
}
