namespace GoGoScope;

/// <summary>
/// What a process knows of its store's clock. Each reply carries that clock's time, which was read between the sending of the
/// request and the reply: two bounds, and whoever needs to be on the safe side takes the one that is.
/// </summary>
/// <remarks>Times of the store are microseconds since 1970-01-01 UTC; times here are timestamps of the process's clock.</remarks>
internal sealed class StoreClock(TimeProvider time, double drift)
{
    // Less than clocks of several nodes differ by as a rule, which is no news.
    private const long LeastJump = 250_000;

    private readonly System.Threading.Lock _gate = new();

    // The reply to what was sent last: later ones know better, also when the store has another clock after a fail-over.
    private volatile Reply? _last;

    // The one that leaves the store's clock the least room to be further than is believed, if it has not been set.
    private Reply? _tightest;

    internal bool IsKnown => _last is not null;

    internal long Timestamp => time.GetTimestamp();

    /// <summary>No later than what the store's clock shows now, if the two run alike.</summary>
    internal long Earliest => _last is { } last ? last.StoreTime + Microseconds(last.ReceivedAt, Timestamp) : throw Unknown();

    /// <summary>No earlier than what the store's clock shows now, if the two run alike.</summary>
    internal long Latest => _last is { } last ? last.StoreTime + Microseconds(last.SentAt, Timestamp) : throw Unknown();

    /// <summary>Takes note of the time in a reply to what was sent at <paramref name="sentAt"/>.</summary>
    /// <returns>
    /// Whether the store's clock has gone further than this process's allows for: that one was set, or this one stood still with
    /// the machine. Then leases end earlier than was believed.
    /// </returns>
    internal bool Observe(long sentAt, long storeTime)
    {
        var receivedAt = Timestamp;
        var reply = new Reply(sentAt, receivedAt, storeTime);
        lock (_gate)
        {
            var furthest = _tightest is null ? double.MaxValue : Furthest(_tightest, receivedAt);
            var hasJumped = storeTime > furthest + LeastJump;
            if (hasJumped || Furthest(reply, receivedAt) <= furthest) _tightest = reply;
            // One that was overtaken knows less, unless it brings news.
            if (hasJumped || _last is null || sentAt >= _last.SentAt) _last = reply;
            return hasJumped;
        }
    }

    /// <summary>How far the store's clock can be at <paramref name="timestamp"/> by what <paramref name="reply"/> said.</summary>
    private double Furthest(Reply reply, long timestamp) => reply.StoreTime + Microseconds(reply.SentAt, timestamp) * (1 + drift);

    /// <summary>
    /// Until when this process may rely on a lease that ends at <paramref name="storeTime"/>: a timestamp before the store's
    /// clock can have come to that, even if it runs faster by the drift that is allowed for.
    /// </summary>
    internal long RelyUntil(long storeTime)
    {
        var last = _last ?? throw Unknown();
        // The store tells whole microseconds: it may have been almost one further.
        var left = storeTime - last.StoreTime - 1;
        if (left > 0) left -= (long)Math.Ceiling(left * drift);
        return last.SentAt + Timestamps(left);
    }

    /// <summary>A timestamp at which the store's clock will have come to <paramref name="storeTime"/>, if the two run alike.</summary>
    internal long HasCome(long storeTime)
    {
        var last = _last ?? throw Unknown();
        return last.ReceivedAt + Timestamps(storeTime - last.StoreTime);
    }

    private long Microseconds(long from, long to) => (long)((Int128)(to - from) * 1_000_000 / time.TimestampFrequency);

    private long Timestamps(long microseconds)
    {
        var timestamps = (Int128)microseconds * time.TimestampFrequency / 1_000_000;
        return timestamps > long.MaxValue / 2 ? long.MaxValue / 2 : (long)timestamps;
    }

    private static InvalidOperationException Unknown() => new("The store has not been asked for its time yet.");

    private sealed record Reply(long SentAt, long ReceivedAt, long StoreTime);
}
