using System.Security.Cryptography;
using System.Text;

namespace GoGoScope;

/// <summary>
/// Makes UTF-8 of keys and records, and text of it again, for authors of stores. Text that has no form in UTF-8 is refused: with
/// question marks in its place two keys would become one.
/// </summary>
/// <example><code>
/// byte[] name = StoredText.Encode(key);
/// byte[] foundBy = StoredText.Hash(name);   // for an index that takes no long names
/// </code></example>
public static class StoredText
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The bytes of <paramref name="text"/>, after <paramref name="head"/> bytes that are left for something else, 0 unless given.</summary>
    /// <exception cref="ArgumentException"><paramref name="text"/> holds half of a surrogate pair.</exception>
    public static byte[] Encode(string text, int head = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(head);
        var bytes = new byte[head + Length(text)];
        Utf8.GetBytes(text, bytes.AsSpan(head));
        return bytes;
    }

    /// <summary>The text of <paramref name="bytes"/>.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> are not UTF-8.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes) => Utf8.GetString(bytes);

    /// <summary><paramref name="text"/> itself, for a store whose driver makes bytes of it.</summary>
    /// <exception cref="ArgumentException"><paramref name="text"/> holds half of a surrogate pair.</exception>
    public static string Checked(string text)
    {
        Length(text);
        return text;
    }

    /// <summary>
    /// The SHA-256 of <paramref name="name"/>, 32 bytes: to find a name of any length where an index or a file name takes only
    /// short ones.
    /// </summary>
    public static byte[] Hash(ReadOnlySpan<byte> name) => SHA256.HashData(name);

    private static int Length(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            return Utf8.GetByteCount(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException($"It is kept as UTF-8, in which half of a surrogate pair has no form: \"{text}\".", nameof(text), e);
        }
    }
}
