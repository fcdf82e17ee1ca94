using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace GoGoScope.Persistence.Redis;

/// <summary>
/// A record as it stands in Redis: 16 hexadecimal digits of version, 16 decimal digits of fence, the body. Numbers are text
/// because Lua's are doubles, which would round a version.
/// </summary>
internal static class RecordText
{
    internal const int HeadLength = 2 * NumberLength;

    private const int NumberLength = 16;

    /// <summary>
    /// A script's answer: whether the record was replaced, "1" or "0"; 16 digits of the clock; then the new fence, for the caller
    /// has the rest, or the record, and nothing if there is none.
    /// </summary>
    /// <param name="answer">The text.</param>
    /// <param name="swap">What was asked for; not set if nothing was to be replaced.</param>
    internal static StoredRecord ParseAnswer(ReadOnlySpan<byte> answer, in LockSwap swap = default)
    {
        var now = ParseNumber(answer[1..(1 + NumberLength)]);
        var rest = answer[(1 + NumberLength)..];
        return answer[0] == (byte)'1' ? new StoredRecord(swap.Version, ParseNumber(rest), swap.Body, now) : Parse(rest, now);
    }

    /// <summary>The record in <paramref name="text"/>, which is empty if there is none.</summary>
    internal static StoredRecord Parse(ReadOnlySpan<byte> text, long now)
    {
        if (text.IsEmpty) return new StoredRecord(Version: 0, Fence: 0, Body: "", now);
        var head = ParseHead(text);
        return new StoredRecord(head.Version, head.Fence, StoredText.Decode(text[HeadLength..]), now);
    }

    internal static (long Version, long Fence) ParseHead(ReadOnlySpan<byte> text)
    {
        if (text.Length < HeadLength || !Utf8Parser.TryParse(text[..NumberLength], out long version, out var digits, 'x') || digits != NumberLength)
            throw new FormatException($"\"{Encoding.UTF8.GetString(text[..Math.Min(text.Length, 100)])}\" is not a lock's record: do other programs use the same keys?");
        return (version, ParseNumber(text[NumberLength..HeadLength]));
    }

    internal static long ParseNumber(ReadOnlySpan<byte> digits) => long.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
