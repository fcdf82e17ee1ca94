using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace GoGoScope;

/// <summary>
/// Who asks for a lock: one acquisition of one process, whatever it is used for. Never used again, so a command that is
/// repeated finds what it did before, and one that comes too late finds nothing.
/// </summary>
/// <param name="Process">The process, of which others know whom to wake: see <see cref="IsProcess"/>.</param>
/// <param name="Number">Tells the acquisitions of the process apart; zero or more.</param>
internal readonly record struct ContenderId(string Process, long Number)
{
    internal const int LongestProcess = 64;

    /// <summary>As many bytes as the text of an id has at most.</summary>
    internal const int LongestText = LongestProcess + 1 + 19;

    private static readonly SearchValues<char> ProcessLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>Whether it is 1 to 64 characters of A-Z, a-z, 0-9, _ and -: good for a part of any store's names.</summary>
    internal static bool IsProcess(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= LongestProcess && !text.ContainsAnyExcept(ProcessLetters);

    /// <summary>Null unless <paramref name="text"/> is "process.number", written as <see cref="ToString"/> writes it.</summary>
    internal static ContenderId? TryParse(ReadOnlySpan<char> text)
    {
        var dot = text.LastIndexOf('.');
        if (dot < 0 || !IsProcess(text[..dot])) return null;
        var digits = text[(dot + 1)..];
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
        // One id has one text.
        if (digits.Length > 1 && digits[0] == '0') return null;
        return new ContenderId(text[..dot].ToString(), number);
    }

    /// <summary>Numbers first: of one process they differ, and most that are compared are of one.</summary>
    public bool Equals(ContenderId other) => Number == other.Number && Process == other.Process;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Number, Process);

    /// <summary>Writes the text into <paramref name="utf8"/>, which has <see cref="LongestText"/> bytes or more.</summary>
    internal int Format(Span<byte> utf8)
    {
        Debug.Assert(IsProcess(Process) && Number >= 0, "not an id that could be read again");
        var length = Encoding.ASCII.GetBytes(Process, utf8);
        utf8[length++] = (byte)'.';
        Utf8Formatter.TryFormat(Number, utf8[length..], out var digits);
        return length + digits;
    }

    /// <summary>"process.number".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Process}.{Number}");
}
