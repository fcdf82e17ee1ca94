namespace GoGoScope;

/// <summary>Options of a wait for a lock, for permits or for a resource of a pool: how long at most, and with what priority.</summary>
/// <example>
/// <code>
/// await using var guard = await orders.AcquireAsync(new AcquireOptions { Timeout = TimeSpan.FromSeconds(5), Priority = 10 });
/// </code>
/// </example>
public sealed record AcquireOptions
{
    internal static readonly AcquireOptions Default = new();
    internal static readonly AcquireOptions Once = new() { Timeout = TimeSpan.Zero };

    /// <summary>
    /// The longest wait. Zero tries once; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>, the default, waits
    /// until the lock is granted or the wait is cancelled.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative and not infinite.</exception>
    public TimeSpan Timeout { get; init => field = Ensure.Timeout(value); } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>
    /// Rank among those who wait: higher goes first, equals go in the order they came. Any integer; 0 by default.
    /// Whoever was passed over <see cref="Lock.MaxPassedOver"/> times goes first all the same, so nobody starves.
    /// </summary>
    public int Priority { get; init; }
}
