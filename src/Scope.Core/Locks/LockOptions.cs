namespace GoGoScope;

/// <summary>Options of a lock: its key and provider, and how its leases behave. Everything has a default.</summary>
/// <example>
/// <code>
/// var stock = scope.CreateLock("stock:42", new LockOptions { TimeToLive = TimeSpan.FromSeconds(30), Owner = "worker-7" });
/// </code>
/// </example>
public sealed record LockOptions
{
    internal static readonly LockOptions Default = new();

    /// <summary>
    /// The length of the lease: how long others wait for the key after its holder has crashed. More than zero. By default the
    /// provider's own; the in-memory provider, whose holders can't crash alone, has none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public TimeSpan? TimeToLive { get; init => field = Ensure.PositiveOrNull(value); }

    /// <summary>
    /// Whether the lease is renewed as long as the guard lives: true by default. With false the lease ends after
    /// <see cref="TimeToLive"/>, which must then be set, unless <see cref="LockGuard.RenewAsync"/> extends it.
    /// </summary>
    public bool AutoRenew { get; init; } = true;

    /// <summary>
    /// The longest that a lease is renewed, counted from its grant; then it ends under a holder that hangs. At least
    /// <see cref="TimeToLive"/>. By default there is no bound.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public TimeSpan? MaxHold { get; init => field = Ensure.PositiveOrNull(value); }

    /// <summary>What happens when a lease ends under its holder; by default only <see cref="LockGuard.LostToken"/> fires.</summary>
    public LeaseLossAction OnLost { get; init => field = Ensure.Defined(value); }

    /// <summary>
    /// Who holds the lock, as others see it in errors and dumps. By default machine and process, and the scope's name; in memory that name alone, if it has one.
    /// </summary>
    /// <exception cref="ArgumentException">It is empty or white space.</exception>
    public string? Owner { get; init => field = Ensure.NameOrNull(value); }

    /// <summary>
    /// Lets a caller that is running take a lock that was just released, ahead of a waiter that is still being woken: mostly more
    /// throughput on a hot lock (measure it: docs/performance.md has cases in which it is less), at the price of strict first come, first served. A waiter is overtaken at most
    /// <see cref="Lock.MaxOvertaken"/> times in this way. False by default. In this process only: over a store it changes nothing.
    /// </summary>
    public bool AllowOvertaking { get; init; }

    /// <summary>The resource that the lock stands for. Locks of equal keys on one provider exclude each other.</summary>
    /// <exception cref="ArgumentException">It is empty or white space.</exception>
    public string? Key { get; init => field = Ensure.NameOrNull(value); }

    /// <summary>Where the key lives. By default the scope's provider, or <see cref="InMemoryLockProvider.Shared"/>.</summary>
    public ILockProvider? Provider { get; init; }

    /// <summary>The clock of waits and leases in this process. By default the scope's, or the system's.</summary>
    public TimeProvider? TimeProvider { get; init; }

    /// <summary>Whether a lease of this lock can end although its guard is not disposed and its process lives.</summary>
    internal bool EndsByItself => !AutoRenew || MaxHold is not null;

    /// <summary>Refuses combinations that cannot mean anything.</summary>
    internal LockOptions Validate(bool hasScope)
    {
        if (!AutoRenew && TimeToLive is null)
            throw new ArgumentException($"{nameof(AutoRenew)} = false needs a {nameof(TimeToLive)}: it says when the lease ends.");
        if (!AutoRenew && MaxHold is not null)
            throw new ArgumentException($"{nameof(MaxHold)} bounds renewal, and {nameof(AutoRenew)} = false has none: set one of the two.");
        if (MaxHold < TimeToLive)
            throw new ArgumentException($"{nameof(MaxHold)} ({MaxHold}) must be at least {nameof(TimeToLive)} ({TimeToLive}).");
        if (OnLost == LeaseLossAction.CancelScope && !hasScope)
            throw new ArgumentException($"{nameof(OnLost)} = {nameof(LeaseLossAction.CancelScope)} needs a scope: create the lock with scope.{nameof(Scope.CreateLock)}.");
        return this;
    }
}
