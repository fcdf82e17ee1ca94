namespace GoGoScope.Persistence.Mongo;

/// <summary>
/// What is known of the server's clock and of fences, from answers. It decides nothing: it proposes where the tokens of a free key go on
/// from, and whoever proposes too little is refused.
/// </summary>
internal sealed class KnownClock(TimeProvider time)
{
    /// <summary>Fences that are further ahead of the clock than this are those of their own keys, and not for others to start from. Microseconds.</summary>
    private const long LongestAhead = 1_000_000;

    private readonly System.Threading.Lock _gate = new();
    private long _heard;
    private long _heardAt;
    private long _fence;

    /// <summary>Whether any answer has come.</summary>
    internal bool IsKnown
    {
        get
        {
            lock (_gate) return _heard > 0;
        }
    }

    /// <summary>The clock, or a little earlier. Microseconds, in whole milliseconds, as the server's own.</summary>
    internal long Now
    {
        get
        {
            lock (_gate) return NowUnderGate();
        }
    }

    /// <summary>Where the tokens of a free key may go on from: the clock, or a fence that is a little ahead of it.</summary>
    internal long Floor
    {
        get
        {
            lock (_gate)
            {
                var now = NowUnderGate();
                return _fence > now && _fence - now <= LongestAhead ? _fence : now;
            }
        }
    }

    /// <summary>An answer has come.</summary>
    /// <param name="now">The server's clock in it.</param>
    /// <param name="nowWhenSent">What <see cref="Now"/> said when the question was sent.</param>
    /// <param name="fence">The fence in it.</param>
    internal void Hear(long now, long nowWhenSent, long fence = 0)
    {
        lock (_gate)
        {
            // The clock was read after the question was sent, so one that is earlier was set back; of others the latest counts.
            if (now < nowWhenSent || now > NowUnderGate()) (_heard, _heardAt) = (now, time.GetTimestamp());
            var known = NowUnderGate();
            if (fence - known <= LongestAhead && (fence > _fence || _fence - known > LongestAhead)) _fence = fence;
        }
    }

    private long NowUnderGate()
    {
        if (_heard == 0) return 0;
        var passed = (long)time.GetElapsedTime(_heardAt).TotalMicroseconds;
        return (_heard + passed) / 1_000 * 1_000;
    }
}
