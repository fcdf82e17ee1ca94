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

    /// <summary>
    /// The longest wait. Zero waits for nobody, over a store only for its answer; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> waits until the lock is
    /// granted or the wait is cancelled. A store that has said nothing since the request came, with zero within <see cref="LeaseOptions.StoreTimeout"/>, fails it with a <see cref="LockProviderException"/>. Null, the default, is what the method does without options: one that acquires waits as long as it takes, and one that
    /// tries, such as <see cref="Lock.TryAcquireAsync(AcquireOptions, CancellationToken)"/>, does not wait.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative and not infinite.</exception>
    public TimeSpan? Timeout { get; init => field = value is { } timeout ? Ensure.Timeout(timeout, nameof(value)) : null; }

    /// <summary>
    /// Rank among those who wait: higher goes first, equals go in the order they came. Any integer; 0 by default.
    /// Whoever was passed over <see cref="Lock.MaxPassedOver"/> times goes first all the same, so nobody starves.
    /// </summary>
    public int Priority { get; init; }

    /// <summary>The longest wait of one that acquires.</summary>
    internal TimeSpan Wait => Timeout ?? System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>The longest wait of one that tries.</summary>
    internal TimeSpan WaitOfTry => Timeout ?? TimeSpan.Zero;
}
