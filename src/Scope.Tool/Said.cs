using System.Collections.Concurrent;
using System.Text;

namespace GoGoScope.Tool;

/// <summary>What gogoscope says to people: lines on standard error, never on the standard output, which is the program's.</summary>
/// <remarks>Nobody waits for people to read it: a lease has to be renewed meanwhile.</remarks>
internal static class Said
{
    private const int LongestText = 200;

    /// <summary>For how long gogoscope waits at its end for somebody to read the last lines.</summary>
    private static readonly TimeSpan LongestFinish = TimeSpan.FromSeconds(1);

    private static readonly byte[] LastLine = [];
    private static readonly BlockingCollection<byte[]> Lines = [];
    private static readonly Lazy<Thread> Writer = new(StartWriter);

    /// <summary>One line.</summary>
    internal static void Line(string text)
    {
        _ = Writer.Value;
        Lines.Add(Encoding.UTF8.GetBytes($"gogoscope: {OneLine(text)}\n"));
    }

    /// <summary>Nothing more is said: returns when all of it is written, or nobody seems to read it.</summary>
    internal static void Finish()
    {
        Lines.Add(LastLine);
        if (Writer.IsValueCreated) Writer.Value.Join(LongestFinish);
    }

    /// <summary>Text of unknown origin in quotes, on one line and not too long.</summary>
    internal static string Quoted(string text) =>
        text.Length <= LongestText ? $"\"{OneLine(text)}\"" : $"\"{OneLine(text[..LongestText])}…\"";

    /// <summary>Text without line breaks and other control characters, which a terminal could take for commands.</summary>
    internal static string OneLine(string text) => string.Concat(text.ReplaceLineEndings(" ").Select(c => char.IsControl(c) ? '?' : c));

    private static Thread StartWriter()
    {
        var writer = new Thread(WriteAll) { IsBackground = true };
        writer.Start();
        return writer;
    }

    private static void WriteAll()
    {
        if (!OperatingSystem.IsWindows() && !new StandardStream(StandardStream.Errors).IsOpen) return;
        while (Lines.Take() is var line && line != LastLine) Write(line);
    }

    private static void Write(byte[] line)
    {
        if (!OperatingSystem.IsWindows())
        {
            // That nobody listens any more the program must not suffer from.
            _ = new StandardStream(StandardStream.Errors).TryWrite(line);
            return;
        }
        try
        {
            using var errors = Console.OpenStandardError();
            errors.Write(line);
        }
        catch (IOException)
        {
            // As above.
        }
    }
}
