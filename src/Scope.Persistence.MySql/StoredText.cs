using System.Security.Cryptography;
using System.Text;

namespace GoGoScope.Persistence.MySql;

/// <summary>Texts as bytes: texts of the server have a character set and a collation.</summary>
internal static class StoredText
{
    /// <summary>Refuses what has no UTF-8 form; replaced by question marks, two keys would become one.</summary>
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ArgumentException"><paramref name="text"/> holds half of a surrogate pair.</exception>
    internal static byte[] Encode(string text)
    {
        try
        {
            return Utf8.GetBytes(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException($"The table keeps UTF-8, and half of a surrogate pair has no form in it: \"{text}\".", e);
        }
    }

    internal static string Decode(ReadOnlySpan<byte> text) => Utf8.GetString(text);

    /// <summary>What a name is found by: an index takes no more than 3 KB, and a name may be longer.</summary>
    internal static byte[] Hash(byte[] name) => SHA256.HashData(name);
}
