using System.Globalization;

namespace GoGoScope.Quickstart;

/// <summary>How values read in messages and tables.</summary>
internal static class Shown
{
    private const int LongestText = 60;

    /// <summary>Text of unknown origin in quotes, on one line and not too long.</summary>
    public static string Quoted(string text) =>
        text.Length <= LongestText ? $"\"{OneLine(text)}\"" : $"\"{OneLine(text[..LongestText])}…\"";

    /// <summary>Text without line breaks and other control characters.</summary>
    public static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));

    /// <summary>"1 row", "2 rows".</summary>
    public static string Count(long count, string one, string? many = null) => $"{Number(count)} {(count == 1 ? one : many ?? one + "s")}";

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Number(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Money(long cents) => (cents / 100m).ToString("N2", CultureInfo.InvariantCulture);
}
