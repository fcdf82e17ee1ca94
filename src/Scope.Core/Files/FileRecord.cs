using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace GoGoScope;

/// <summary>A record as it stands in its file.</summary>
/// <remarks>
/// <code>
/// "lock:orders:4711"                                      the key, as JSON
/// 4186395713407331081 1789034400000002 1789034460000000   version, fence, until when it is needed
/// {"holders":[…                                           the body
/// </code>
/// </remarks>
/// <param name="Key">Null if something else stands there, such as nothing after a power cut.</param>
/// <param name="Version">The number that the last swap chose; of something else, one that goes with just that.</param>
/// <param name="Fence">The last token that was drawn.</param>
/// <param name="KeepUntil">Until when it is needed.</param>
/// <param name="Body">The record; of something else, what there is to say of it.</param>
internal readonly record struct FileRecord(string? Key, long Version, long Fence, long KeepUntil, string Body)
{
    /// <summary>Of the file that is to replace the one of a key.</summary>
    internal const string NextSuffix = ".next";

    /// <summary>What stands in <paramref name="file"/>; null if there is none.</summary>
    internal static FileRecord? Read(string file)
    {
        if (Bytes(file) is not { } text) return null;
        try
        {
            return Parse(text);
        }
        catch (Exception e) when (e is FormatException or OverflowException or JsonException or ArgumentException)
        {
            return Broken(text, $"\"{file}\" is not a lock's record ({e.Message}).");
        }
    }

    /// <summary>Replaces the file as a whole: a process that dies in the middle leaves the old record or the new one. Only from inside its gate.</summary>
    internal static void Write(string file, string key, long version, long fence, long keepUntil, ReadOnlySpan<byte> body, FileSharing? sharing = null)
    {
        var next = file + NextSuffix;
        using (var written = Create(next))
        {
            sharing?.Share(written);
            var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\"{JsonEncodedText.Encode(key)}\"\n{version} {fence} {keepUntil}\n"));
            RandomAccess.Write(written, head, fileOffset: 0);
            RandomAccess.Write(written, body, head.Length);
        }
        File.Move(next, file, overwrite: true);
    }

    private static SafeFileHandle Create(string file)
    {
        try
        {
            return File.OpenHandle(file, FileMode.Create, FileAccess.Write, FileShare.Read);
        }
        catch (UnauthorizedAccessException) when (File.Exists(file))
        {
            // Of another user's process, which was killed before it had shared it.
            File.Delete(file);
            return File.OpenHandle(file, FileMode.Create, FileAccess.Write, FileShare.Read);
        }
    }

    private static byte[]? Bytes(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static FileRecord Broken(byte[] text, string why) =>
        new(Key: null, BinaryPrimitives.ReadInt64LittleEndian(StoredText.Hash(text)) | 1, Fence: 0, KeepUntil: long.MaxValue, why);

    private static FileRecord Parse(ReadOnlySpan<byte> text)
    {
        var key = new Utf8JsonReader(Before((byte)'\n', ref text));
        if (!key.Read() || key.TokenType != JsonTokenType.String) throw new FormatException("It does not begin with a key.");
        var numbers = Before((byte)'\n', ref text);
        var version = Number(ref numbers);
        var fence = Number(ref numbers);
        var keepUntil = Number(ref numbers);
        return new FileRecord(key.GetString()!, version, fence, keepUntil, StoredText.Decode(text));
    }

    private static long Number(ref ReadOnlySpan<byte> line) => long.Parse(Before((byte)' ', ref line), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    /// <summary>What stands before the next <paramref name="end"/>, or all; it and the end are taken off.</summary>
    private static ReadOnlySpan<byte> Before(byte end, ref ReadOnlySpan<byte> text)
    {
        var length = text.IndexOf(end);
        var before = length < 0 ? text : text[..length];
        text = length < 0 ? default : text[(length + 1)..];
        return before;
    }
}
