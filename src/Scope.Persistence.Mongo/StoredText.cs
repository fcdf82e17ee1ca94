using System.Text;

namespace GoGoScope.Persistence.Mongo;

/// <summary>Texts that MongoDB can keep, which is UTF-8.</summary>
internal static class StoredText
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ArgumentException"><paramref name="text"/> holds half of a surrogate pair.</exception>
    internal static string Checked(string text)
    {
        try
        {
            _ = Utf8.GetByteCount(text);
            return text;
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException($"MongoDB keeps UTF-8, and half of a surrogate pair has no form in it: \"{text}\".", e);
        }
    }
}
