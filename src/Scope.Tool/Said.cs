using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;

namespace GoGoScope.Tool;

/// <summary>What gogoscope says to people: lines on standard error, never on the standard output, which is the program's.</summary>
/// <remarks>Nobody waits for people to read it: a lease has to be renewed meanwhile.</remarks>
internal static partial class Said
{
    private const int LongestText = 200;
    private const int Errors = 2;
    private const int GetFlags = 1;

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
        // If it was closed when gogoscope was started, the number is that of a file of .NET's own, which no other program would get.
        if (!OperatingSystem.IsWindows() && FlagsOf(Errors, GetFlags) != 0) return;
        while (Lines.Take() is var line && line != LastLine) Write(line);
    }

    private static void Write(byte[] line)
    {
        if (!OperatingSystem.IsWindows())
        {
            // Not by Console, which would prepare the terminal for itself. That nobody listens any more the program must not suffer from.
            for (nint done = 0, more; done < line.Length; done += more)
            {
                more = WriteTo(Errors, line.AsSpan((int)done), line.Length - done);
                if (more <= 0) return;
            }
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

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint WriteTo(int file, ReadOnlySpan<byte> bytes, nint count);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int FlagsOf(int file, int command);
}
