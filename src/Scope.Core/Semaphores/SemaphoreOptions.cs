namespace GoGoScope;

/// <summary>
/// Options of a semaphore: its name, the clock of its waits and, if it has a key, how its leases behave. Everything has a default.
/// </summary>
/// <remarks>
/// Without a key a semaphore has no leases, as nobody who holds its permits can crash alone: what is about them is refused then.
/// </remarks>
/// <example>
/// <code>
/// var uploads = scope.CreateSemaphore(4, new SemaphoreOptions { Name = "uploads" });
/// var calls = scope.CreateSemaphore("calls:billing", 10, new SemaphoreOptions { TimeToLive = TimeSpan.FromSeconds(10) });
/// </code>
/// </example>
public sealed record SemaphoreOptions
{
    internal static readonly SemaphoreOptions Default = new();

    /// <summary>Its name in errors, reports and dumps; it stands for nothing else. By default the key, or none.</summary>
    /// <exception cref="ArgumentException">It is empty or white space.</exception>
    public string? Name { get; init => field = Ensure.NameOrNull(value); }

    /// <summary>
    /// Who holds its permits, as others see it in errors and dumps. By default machine and process, and the scope's name; in memory that name alone, if it has one.
    /// </summary>
    /// <exception cref="ArgumentException">It is empty or white space.</exception>
    public string? Owner { get; init => field = Ensure.NameOrNull(value); }

    /// <summary>The clock of its waits and, in this process, of its leases. By default the scope's, or the system's.</summary>
    public TimeProvider? TimeProvider { get; init; }

    /// <summary>Where its key lives. By default the scope's provider.</summary>
    public ILockProvider? Provider { get; init; }

    /// <summary>
    /// The length of the lease: how long others wait for permits after their holder has crashed. More than zero. By default the
    /// provider's own; the in-memory provider, whose holders can't crash alone, has none.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public TimeSpan? TimeToLive { get; init => field = Ensure.PositiveOrNull(value); }

    /// <summary>
    /// Whether the lease is renewed as long as the guard lives: true by default. With false the lease ends after
    /// <see cref="TimeToLive"/>, which must then be set, unless <see cref="SemaphoreGuard.RenewAsync"/> extends it.
    /// </summary>
    public bool AutoRenew { get; init; } = true;

    /// <summary>
    /// The longest that a lease is renewed, counted from its grant; then it ends under a holder that hangs. At least
    /// <see cref="TimeToLive"/>. By default there is no bound.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public TimeSpan? MaxHold { get; init => field = Ensure.PositiveOrNull(value); }

    /// <summary>What happens when a lease ends under its holder; by default only <see cref="SemaphoreGuard.LostToken"/> fires.</summary>
    public LeaseLossAction OnLost { get; init => field = Ensure.Defined(value); }

    /// <summary>The options of the lock inside.</summary>
    /// <exception cref="ArgumentException">Leases or a provider are set, and there is no key.</exception>
    internal LockOptions ToLockOptions(string? key)
    {
        if (key is null) RefuseLeases();
        if (key is null && Owner is null && TimeProvider is null) return LockOptions.Default;
        return new LockOptions
        {
            Key = key,
            Provider = Provider,
            Owner = Owner,
            TimeProvider = TimeProvider,
            TimeToLive = TimeToLive,
            AutoRenew = AutoRenew,
            MaxHold = MaxHold,
            OnLost = OnLost,
        };
    }

    private void RefuseLeases()
    {
        var refused = Provider is not null ? nameof(Provider)
            : TimeToLive is not null ? nameof(TimeToLive)
            : !AutoRenew ? nameof(AutoRenew)
            : MaxHold is not null ? nameof(MaxHold)
            : OnLost != default ? nameof(OnLost)
            : null;
        if (refused is not null)
            throw new ArgumentException($"{refused} needs a key: a semaphore without one lives in this process and has no leases. Write scope.{nameof(Scope.CreateSemaphore)}(\"uploads\", permits, options).");
    }
}
