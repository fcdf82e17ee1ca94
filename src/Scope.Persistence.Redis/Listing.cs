using System.Text;
using System.Text.Unicode;
using StackExchange.Redis;

namespace GoGoScope.Persistence.Redis;

/// <summary>One way through the keys of a database, page by page.</summary>
internal sealed class Listing(byte[] storePrefix, byte[] prefix)
{
    private const int PageSize = 500;

    private static readonly byte[] Start = "0"u8.ToArray();

    private readonly byte[] _pattern = Pattern([.. storePrefix, .. prefix]);

    // SCAN gives some keys twice while the server's table grows or shrinks.
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private byte[] _cursor = Start;

    internal bool IsAtEnd { get; private set; }

    /// <exception cref="NotSupportedException">The keys are on several nodes, of which one would be asked.</exception>
    internal static void RefuseSpread(IConnectionMultiplexer connection, string keyPrefix)
    {
        if (HasHashTag(keyPrefix) || !IsCluster(connection)) return;
        throw new NotSupportedException(
            $"The locks are spread over the nodes of a Redis Cluster, and can't be listed: a hash tag in {nameof(RedisStoreOptions)}.{nameof(RedisStoreOptions.KeyPrefix)}, "
            + $"\"{{locks}}:\" instead of \"{keyPrefix}\" in all processes, keeps them on one. Each key can be looked at by its name.");
    }

    internal RedisValue[] NextArguments() => [_cursor, _pattern, PageSize];

    /// <summary>What a page has brought that is not free.</summary>
    internal IEnumerable<KeyValuePair<string, StoredRecord>> Read(RedisResult answer)
    {
        var page = (RedisResult[])answer!;
        _cursor = (byte[])page[0]!;
        IsAtEnd = _cursor.AsSpan().SequenceEqual(Start);
        var now = RecordText.ParseNumber((byte[])page[1]!);
        for (var i = 2; i < page.Length; i += 2)
        {
            // A name that is no text is none of ours.
            if (!TryDecode(((byte[])page[i]!).AsSpan(storePrefix.Length), out var key)) continue;
            var record = RecordOf((byte[])page[i + 1]!, now);
            if (!record.IsFree && _seen.Add(key)) yield return new(key, record);
        }
    }

    private static bool TryDecode(ReadOnlySpan<byte> name, out string key)
    {
        var isText = Utf8.IsValid(name);
        key = isText ? StoredText.Decode(name) : "";
        return isText;
    }

    /// <summary>Of what other programs have put there, something that is no record, so that whoever looks is told of it beside all others.</summary>
    private static StoredRecord RecordOf(byte[] text, long now)
    {
        try
        {
            return RecordText.Parse(text, now);
        }
        catch (Exception error) when (error is FormatException or DecoderFallbackException)
        {
            return new StoredRecord(Version: 1, Fence: 0, error.Message, now);
        }
    }

    /// <summary>As SCAN takes it, with nothing in it that stands for anything else.</summary>
    private static byte[] Pattern(ReadOnlySpan<byte> text)
    {
        var pattern = new List<byte>(text.Length + 1);
        foreach (var letter in text)
        {
            if (letter is (byte)'*' or (byte)'?' or (byte)'[' or (byte)']' or (byte)'\\') pattern.Add((byte)'\\');
            pattern.Add(letter);
        }
        pattern.Add((byte)'*');
        return [.. pattern];
    }

    private static bool IsCluster(IConnectionMultiplexer connection) =>
        connection.GetEndPoints().Any(endPoint => connection.GetServer(endPoint).ServerType == ServerType.Cluster);

    private static bool HasHashTag(string keyPrefix)
    {
        var start = keyPrefix.IndexOf('{', StringComparison.Ordinal);
        return start >= 0 && keyPrefix.IndexOf('}', start + 1) > start + 1;
    }
}
