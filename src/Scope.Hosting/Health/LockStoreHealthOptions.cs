using System.Runtime.CompilerServices;

namespace GoGoScope.Hosting;

/// <summary>When a store of locks counts as healthy. Everything has a default.</summary>
/// <example>
/// <code>
/// services.AddHealthChecks().AddLockStore(options: new LockStoreHealthOptions { SlowAfter = TimeSpan.FromMilliseconds(100) });
/// </code>
/// </example>
public sealed record LockStoreHealthOptions
{
    // Timers take at most some 49 days.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>How long the store may take to answer; after that it is unhealthy. More than zero, at most 30 days; 3 seconds by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero, negative or longer.</exception>
    public TimeSpan Timeout
    {
        get;
        init => field = Positive(value) <= Longest ? value : throw new ArgumentOutOfRangeException(nameof(Timeout), value, "Must be at most 30 days.");
    } = TimeSpan.FromSeconds(3);

    /// <summary>A store that takes longer to answer is degraded. More than zero; 500 ms by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public TimeSpan SlowAfter { get; init => field = Positive(value); } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// By how much the store's clock may differ from this machine's, either way; beyond that it is degraded. No lock depends on it, but it is
    /// the sign of a clock that nobody sets. More than zero; 5 seconds by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public TimeSpan MaxClockOffset { get; init => field = Positive(value); } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// By how much the renewal of a lease may be late; beyond that the process is degraded. A renewal is due when a third of the lease is over (<see cref="LeaseOptions.RenewalsPerLease"/>). More than zero; 2
    /// seconds by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public TimeSpan MaxRenewalDelay { get; init => field = Positive(value); } = TimeSpan.FromSeconds(2);

    /// <summary>For how long a lost lease, or a store that could not be used, leaves the process degraded. More than zero; a minute by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public TimeSpan Recent { get; init => field = Positive(value); } = TimeSpan.FromMinutes(1);

    private static TimeSpan Positive(TimeSpan value, [CallerMemberName] string name = "") =>
        value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(name, value, "Must be more than zero.");
}
