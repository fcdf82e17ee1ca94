using System.CommandLine;

namespace GoGoScope.Tool;

/// <summary><c>--store</c>, and what stands in for it.</summary>
internal static class StoreOption
{
    private const string Variable = "GOGOSCOPE_STORE";

    private static readonly char[] Marks = ['?', '#'];

    // Behind these, in what may be a connection string of an application.
    private static readonly char[] Ends = [.. Marks, ';', ',', '='];

    internal static Option<StorePlace?> Create() => new("--store")
    {
        HelpName = "ADDRESS",
        Description = $"Where the locks are: {StoreAddress.Forms}. By default what {Variable} says; if that is not set, files in this user's ~/.local/share/gogoscope/locks, for this machine alone.",
        CustomParser = argument =>
        {
            var place = StorePlace.TryParse(argument.Tokens[^1].Value);
            if (place is null) argument.AddError(WhyNot("--store", argument.Tokens[^1].Value));
            return place;
        },
    };

    /// <summary>The store that was asked for.</summary>
    /// <exception cref="ToolException">There is none.</exception>
    internal static StorePlace Resolve(StorePlace? given)
    {
        if (given is not null) return given;
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text) return StorePlace.TryParse(text) ?? throw new ToolException(ExitCode.BadInput, WhyNot(Variable, text));
        try
        {
            return StorePlace.Default(StoreAddress.OfDirectory(FileLockStore.DefaultDirectory));
        }
        catch (IOException e)
        {
            throw new ToolException(ExitCode.BadInput, $"{e.Message} Say --store file:///DIRECTORY.", e);
        }
    }

    private static string WhyNot(string what, string text)
    {
        var why = $"{what} must be {StoreAddress.Forms}, not {Said.Quoted(WithoutSecrets(text))}.";
        return HasMarkBeforeAt(text) || StoreAddress.IsTorn(text) ? $"{why} {StoreAddress.Escapes}" : why;
    }

    /// <summary>Without what stands before an @ or behind a ? or #, where passwords are. Where the mark may be in the password itself, only the scheme is left; of what is no address, its beginning.</summary>
    private static string WithoutSecrets(string text)
    {
        var start = text.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme && Uri.CheckSchemeName(text[..scheme]) ? scheme + 3 : 0;
        if (HasMarkBeforeAt(text)) return $"{text[..start]}…";
        var shown = text.Split(Ends, 2) is [var before, _] ? $"{before}{text[before.Length]}…" : text;
        return shown.LastIndexOf('@') is >= 0 and var at ? $"{shown[..start]}…{shown[at..]}" : shown;
    }

    private static bool HasMarkBeforeAt(string text) => text.Split(Marks, 2) is [_, var behind] && behind.Contains('@', StringComparison.Ordinal);
}
