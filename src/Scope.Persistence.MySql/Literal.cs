using System.Globalization;
using System.Runtime.CompilerServices;

namespace GoGoScope.Persistence.MySql;

/// <summary>
/// Values as they stand in a statement: digits, and bytes in hexadecimal. No <c>sql_mode</c>, no character set and no driver's
/// way of writing parameters can make anything else of them.
/// </summary>
internal static class Literal
{
    private const int BytesAtOnce = 128;

    internal static string Of(long number) => number.ToString(CultureInfo.InvariantCulture);

    internal static string Of(byte[]? bytes) => bytes is null ? "NULL" : $"X'{Convert.ToHexString(bytes)}'";

    /// <summary>A text that is compared with those of the server.</summary>
    internal static string Of(string text) => $"CONVERT({Of(StoredText.Encode(text))} USING utf8mb4)";

    /// <summary>The same as <see cref="Of(byte[])"/>, without a text of its own.</summary>
    internal static void AppendTo(ref DefaultInterpolatedStringHandler text, byte[]? bytes)
    {
        if (bytes is null)
        {
            text.AppendLiteral("NULL");
            return;
        }
        Span<char> digits = stackalloc char[2 * BytesAtOnce];
        text.AppendLiteral("X'");
        for (var rest = bytes.AsSpan(); !rest.IsEmpty;)
        {
            var some = rest[..Math.Min(rest.Length, BytesAtOnce)];
            Convert.TryToHexString(some, digits, out var written);
            text.AppendFormatted(digits[..written]);
            rest = rest[some.Length..];
        }
        text.AppendLiteral("'");
    }
}
