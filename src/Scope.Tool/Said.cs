using System.Text;

namespace GoGoScope.Tool;

/// <summary>What gogoscope says to people: lines on standard error, never on the standard output, which is the program's.</summary>
internal static class Said
{
    private const int LongestText = 200;

    /// <summary>One line.</summary>
    internal static void Line(string text)
    {
        // Not by Console, which would prepare the terminal for itself.
        try
        {
            using var errors = Console.OpenStandardError();
            errors.Write(Encoding.UTF8.GetBytes($"gogoscope: {OneLine(text)}\n"));
        }
        catch (IOException)
        {
            // Nobody listens any more, and the program must not suffer from that.
        }
    }

    /// <summary>Text of unknown origin in quotes, on one line and not too long.</summary>
    internal static string Quoted(string text) =>
        text.Length <= LongestText ? $"\"{OneLine(text)}\"" : $"\"{OneLine(text[..LongestText])}…\"";

    /// <summary>Text without line breaks and other control characters, which a terminal could take for commands.</summary>
    internal static string OneLine(string text) => string.Concat(text.ReplaceLineEndings(" ").Select(c => char.IsControl(c) ? '?' : c));
}
