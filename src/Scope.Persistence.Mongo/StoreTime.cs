namespace GoGoScope.Persistence.Mongo;

/// <summary>Times: microseconds in a record, milliseconds in MongoDB, whose clock has no finer ones.</summary>
internal static class StoreTime
{
    private const long Latest = 253_402_300_799_999;

    /// <summary>
    /// The first millisecond that is not before <paramref name="time"/>: a clock of milliseconds has come to the one exactly if it
    /// has come to the other. Years before 1970 and after 9999 are those, which no clock will show.
    /// </summary>
    internal static DateTime Ceiling(long time)
    {
        var milliseconds = time <= 0 ? 0 : (time / 1_000) + (time % 1_000 > 0 ? 1 : 0);
        return DateTime.UnixEpoch.AddTicks(Math.Min(milliseconds, Latest) * TimeSpan.TicksPerMillisecond);
    }

    /// <summary>Microseconds since 1970 UTC.</summary>
    internal static long Of(DateTime time) => (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
