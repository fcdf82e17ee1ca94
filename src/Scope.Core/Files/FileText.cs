using System.Text;

namespace GoGoScope;

/// <summary>Texts as they stand in files: strict UTF-8. Replaced by question marks, two keys would become one.</summary>
internal static class FileText
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ArgumentException"><paramref name="text"/> holds half of a surrogate pair.</exception>
    internal static byte[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            return Utf8.GetBytes(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException($"Files keep UTF-8, and half of a surrogate pair has no form in it: \"{text}\".", nameof(text), e);
        }
    }

    /// <exception cref="ArgumentException"><paramref name="text"/> is not UTF-8.</exception>
    internal static string Decode(ReadOnlySpan<byte> text) => Utf8.GetString(text);
}
