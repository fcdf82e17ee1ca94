using System.Diagnostics;
using System.Globalization;

namespace GoGoScope.Persistence.Redis;

/// <summary>
/// A swap as its script reads it, one text instead of many arguments: the expected version and the new one, 16 hexadecimal digits
/// each; not before, not after, keep until and what is drawn, each a sign and 19 digits; the new body.
/// </summary>
internal static class SwapText
{
    private const int VersionLength = 16;
    private const int NumberLength = 20;

    private const int HeadLength = 2 * VersionLength + 4 * NumberLength;

    /// <exception cref="ArgumentException">The body holds half of a surrogate pair.</exception>
    internal static byte[] Write(in LockSwap swap)
    {
        var text = StoredText.Encode(swap.Body, HeadLength);
        var head = text.AsSpan(0, HeadLength);
        WriteVersion(ref head, swap.Expected);
        WriteVersion(ref head, swap.Version);
        WriteNumber(ref head, swap.NotBefore);
        WriteNumber(ref head, swap.NotAfter);
        WriteNumber(ref head, swap.KeepUntil);
        WriteNumber(ref head, swap.Draw);
        Debug.Assert(head.IsEmpty, "a swap has another length than its script believes");
        return text;
    }

    private static void WriteVersion(ref Span<byte> text, long version)
    {
        version.TryFormat(text, out _, "x16", CultureInfo.InvariantCulture);
        text = text[VersionLength..];
    }

    private static void WriteNumber(ref Span<byte> text, long number)
    {
        // A negative one brings its sign.
        if (number >= 0) text[0] = (byte)'+';
        number.TryFormat(number < 0 ? text : text[1..], out _, "D19", CultureInfo.InvariantCulture);
        text = text[NumberLength..];
    }
}
