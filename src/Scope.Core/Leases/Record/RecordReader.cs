using System.Buffers;
using System.Text;
using System.Text.Json;

namespace GoGoScope;

/// <summary>
/// Reads what <see cref="RecordWriter"/> writes. Members that it doesn't know are those of a newer version, and are passed over; a
/// mode that it doesn't know is refused, so whoever knows nothing of permits lets a semaphore alone.
/// </summary>
internal ref struct RecordReader
{
    private const int LongestOnStack = 512;

    // Hostile nesting can't go deeper than what a newer version might add.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 16 };

    private readonly string _body;
    private readonly long _fence;
    private Utf8JsonReader _json;

    // Where the reader is, for errors.
    private string _list = "";
    private int _index;

    private RecordReader(ReadOnlySpan<byte> utf8, string body, long fence)
    {
        _json = new Utf8JsonReader(utf8, Options);
        _body = body;
        _fence = fence;
    }

    /// <exception cref="FormatException">It isn't a record.</exception>
    internal static LockRecord Read(string body, long fence)
    {
        var length = Encoding.UTF8.GetMaxByteCount(body.Length);
        var rented = length > LongestOnStack ? ArrayPool<byte>.Shared.Rent(length) : null;
        var utf8 = rented ?? stackalloc byte[LongestOnStack];
        try
        {
            utf8 = utf8[..Encoding.UTF8.GetBytes(body, utf8)];
            return new RecordReader(utf8, body, fence).ReadRecord();
        }
        finally
        {
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private LockRecord ReadRecord()
    {
        RecordHolder[] holders = [];
        RecordWaiter[] waiters = [];
        var permits = 0;
        if (_fence <= 0) throw Malformed($"a record that isn't free has a fence of 1 or more, not {_fence}");
        try
        {
            if (!_json.Read() || _json.TokenType != JsonTokenType.StartObject) throw Malformed("it is no JSON object");
            while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
            {
                if (_json.ValueTextEquals(RecordNames.Holders.EncodedUtf8Bytes)) holders = ReadHolders();
                else if (_json.ValueTextEquals(RecordNames.Waiters.EncodedUtf8Bytes)) waiters = ReadWaiters();
                else if (Take(RecordNames.Permits)) permits = ReadPermits();
                else _json.Skip();
            }
            // Anything but blanks after the end is an error of its own.
            _json.Read();
        }
        // The latter for text that is none, such as half a character.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Malformed("it is no JSON: " + error.Message, error);
        }
        Agree(holders, waiters, permits);
        return new LockRecord(_fence, holders, waiters, permits);
    }

    private int ReadPermits()
    {
        _list = "";
        return ReadNumber(RecordNames.Permits, 1, int.MaxValue);
    }

    /// <summary>Refuses a record whose members have the key for different things; else tells those who wait how many permits there are.</summary>
    private readonly void Agree(RecordHolder[] holders, RecordWaiter[] waiters, int permits)
    {
        long held = 0;
        foreach (ref readonly var holder in holders.AsSpan())
        {
            if (holder.Weight > 0 != permits > 0) throw Malformed(permits > 0 ? "of a semaphore somebody holds no permits" : "permits are held, and it is not said how many there are");
            held += holder.Weight;
        }
        if (held > permits) throw Malformed($"{held} permits are held of {permits}");
        foreach (ref var waiter in waiters.AsSpan())
        {
            if (waiter.Weight > 0 != permits > 0 || waiter.Weight > permits) throw Malformed($"somebody waits for {waiter.Weight} permits of {permits}");
            if (permits > 0) waiter = waiter with { Contender = waiter.Contender with { Permits = permits } };
        }
    }

    private RecordHolder[] ReadHolders()
    {
        var holders = new List<RecordHolder>(1);
        for (StartList("holders"); NextItem(); _index++) holders.Add(ReadHolder());
        if (holders.Count > 1 && holders.Exists(static holder => holder.Mode == LockMode.Exclusive)) throw Malformed("an exclusive holder is not alone");
        return [.. holders];
    }

    private RecordWaiter[] ReadWaiters()
    {
        var waiters = new List<RecordWaiter>();
        for (StartList("waiters"); NextItem(); _index++) waiters.Add(ReadWaiter());
        return [.. waiters];
    }

    private RecordHolder ReadHolder()
    {
        ContenderId? id = null;
        string? owner = null;
        LockMode? mode = null;
        long? token = null, lastToken = null, expiresAt = null;
        long since = 0;
        int? weight = null;
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (Take(RecordNames.Id)) id = ReadId();
            else if (Take(RecordNames.Owner)) owner = ReadText(RecordNames.Owner);
            else if (Take(RecordNames.Mode)) mode = ReadMode();
            else if (Take(RecordNames.Weight)) weight = ReadNumber(RecordNames.Weight, 1, int.MaxValue);
            else if (Take(RecordNames.Token)) token = ReadToken(RecordNames.Token);
            else if (Take(RecordNames.LastToken)) lastToken = ReadToken(RecordNames.LastToken);
            else if (Take(RecordNames.Since)) since = ReadTime(RecordNames.Since);
            else if (Take(RecordNames.Expires)) expiresAt = ReadTime(RecordNames.Expires);
            else _json.Skip();
        }
        var first = token ?? throw Missing(RecordNames.Token);
        var last = lastToken ?? first;
        if (last < first || last - first > RecordLimits.MaxDraw) throw Wrong(RecordNames.LastToken, $"a token from {first} to {RecordLimits.MaxDraw} after it");
        return new RecordHolder(
            id ?? throw Missing(RecordNames.Id), owner ?? throw Missing(RecordNames.Owner), mode ?? throw Missing(RecordNames.Mode),
            first, last, expiresAt ?? throw Missing(RecordNames.Expires), WeightOf(mode, weight), since);
    }

    private RecordWaiter ReadWaiter()
    {
        ContenderId? id = null;
        string? owner = null;
        LockMode? mode = null;
        long? timeToLive = null;
        int? weight = null;
        var (priority, passedOver, tokens, since) = (0, 0, 1, 0L);
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (Take(RecordNames.Id)) id = ReadId();
            else if (Take(RecordNames.Owner)) owner = ReadText(RecordNames.Owner);
            else if (Take(RecordNames.Mode)) mode = ReadMode();
            else if (Take(RecordNames.Weight)) weight = ReadNumber(RecordNames.Weight, 1, int.MaxValue);
            else if (Take(RecordNames.Since)) since = ReadTime(RecordNames.Since);
            else if (Take(RecordNames.Priority)) priority = ReadNumber(RecordNames.Priority, int.MinValue, int.MaxValue);
            else if (Take(RecordNames.PassedOver)) passedOver = ReadNumber(RecordNames.PassedOver, 0, int.MaxValue);
            else if (Take(RecordNames.TimeToLive)) timeToLive = ReadTimeToLive();
            else if (Take(RecordNames.Tokens)) tokens = ReadNumber(RecordNames.Tokens, 1, RecordLimits.MaxDraw);
            else _json.Skip();
        }
        var contender = new Contender
        {
            Id = id ?? throw Missing(RecordNames.Id),
            Owner = owner ?? throw Missing(RecordNames.Owner),
            Mode = mode ?? throw Missing(RecordNames.Mode),
            Weight = WeightOf(mode, weight),
            Priority = priority,
            TimeToLive = timeToLive ?? throw Missing(RecordNames.TimeToLive),
            Tokens = tokens,
        };
        return new RecordWaiter(contender, passedOver, since);
    }

    // ---- lists ----

    private void StartList(string name)
    {
        _list = name;
        _index = 0;
        if (!_json.Read() || _json.TokenType != JsonTokenType.StartArray) throw Malformed($"{name} is no list");
    }

    private bool NextItem()
    {
        _json.Read();
        if (_json.TokenType == JsonTokenType.EndArray) return false;
        if (_json.TokenType != JsonTokenType.StartObject) throw Malformed($"{_list}[{_index}] is no object");
        return true;
    }

    // ---- members ----

    /// <summary>Whether the member is this one; then the reader stands at its value.</summary>
    private bool Take(JsonEncodedText name) => _json.ValueTextEquals(name.EncodedUtf8Bytes) && _json.Read();

    private readonly ContenderId ReadId() => ContenderId.TryParse(ReadText(RecordNames.Id)) ?? throw Wrong(RecordNames.Id, "\"process.number\"");

    private readonly string ReadText(JsonEncodedText name) =>
        _json.TokenType == JsonTokenType.String ? _json.GetString()! : throw Wrong(name, "a text");

    private readonly LockMode ReadMode()
    {
        if (_json.TokenType == JsonTokenType.String)
        {
            if (_json.ValueTextEquals(RecordNames.Exclusive.EncodedUtf8Bytes)) return LockMode.Exclusive;
            if (_json.ValueTextEquals(RecordNames.Read.EncodedUtf8Bytes)) return LockMode.Read;
            if (_json.ValueTextEquals(RecordNames.Permits.EncodedUtf8Bytes)) return LockMode.Permits;
        }
        throw Wrong(RecordNames.Mode, "\"exclusive\", \"read\" or \"permits\"");
    }

    // The weight of a lock is that of a member that nobody knows.
    private static int WeightOf(LockMode? mode, int? weight) => mode == LockMode.Permits ? weight ?? 1 : 0;

    private readonly long ReadToken(JsonEncodedText name)
    {
        if (_json.TokenType == JsonTokenType.Number && _json.TryGetInt64(out var token))
        {
            token = TokenRange.Resolve(token, _fence);
            if (token > 0 && token <= _fence) return token;
        }
        throw Wrong(name, $"a token up to the fence, {_fence}");
    }

    private readonly int ReadNumber(JsonEncodedText name, int least, int most) =>
        _json.TokenType == JsonTokenType.Number && _json.TryGetInt32(out var number) && number >= least && number <= most
            ? number : throw Wrong(name, $"a number from {least} to {most}");

    private readonly long ReadTime(JsonEncodedText name) =>
        StoreTime.TryRead(in _json, out var time) ? time : throw Wrong(name, "a time such as 2026-01-31T12:00:00.000000Z");

    private readonly long ReadTimeToLive()
    {
        if (_json.TokenType == JsonTokenType.Number && _json.TryGetDecimal(out var seconds) && seconds > 0 && seconds <= StoreTime.Latest / 1_000_000m)
        {
            if ((long)(seconds * 1_000_000) is > 0 and var microseconds) return microseconds;
        }
        throw Wrong(RecordNames.TimeToLive, "seconds, more than zero");
    }

    // ---- errors ----

    private readonly FormatException Missing(JsonEncodedText name) => Malformed($"{_list}[{_index}] has no {name}");

    private readonly FormatException Wrong(JsonEncodedText name, string right) => Malformed($"{(_list.Length == 0 ? "" : $"{_list}[{_index}].")}{name} is not {right}");

    private readonly FormatException Malformed(string what, Exception? inner = null)
    {
        const int Shown = 200;
        var body = _body.Length <= Shown ? _body : string.Concat(_body.AsSpan(0, Shown), "...");
        return new FormatException($"The body is no record of a lock: {what}. It begins: {body}", inner);
    }
}
