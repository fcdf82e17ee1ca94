namespace GoGoScope;

/// <summary>What a caller asks of an <see cref="ILockProvider"/>.</summary>
public readonly struct LockRequest
{
    /// <summary>The key to lock; not empty and not white space.</summary>
    public required string Key { get; init; }

    /// <summary>How to hold it.</summary>
    public LockMode Mode { get; init; }

    /// <summary>How many permits are asked for, from 1 to <see cref="Permits"/>, with <see cref="LockMode.Permits"/>; zero for a lock.</summary>
    public int Weight { get; init; }

    /// <summary>
    /// How many permits there are, as whoever asks sees it; at least 1 with <see cref="LockMode.Permits"/>, zero for a lock. Those who
    /// hold or wait at the same time have to agree on it, or <see cref="KeyInOtherUseException"/> is thrown.
    /// </summary>
    public int Permits { get; init; }

    /// <summary>Rank among those who wait; higher goes first.</summary>
    public int Priority { get; init; }

    /// <summary>The longest wait; zero tries once, <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> has no end.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How the lease behaves; validated.</summary>
    public required LockOptions Options { get; init; }

    /// <summary>Overrides <see cref="LockOptions.TimeToLive"/> of <see cref="Options"/>.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>The length of the lease that was asked for; null leaves it to the provider.</summary>
    public TimeSpan? EffectiveTimeToLive => TimeToLive ?? Options.TimeToLive;

    /// <summary>Who asks, as others see it, on other machines, too: <see cref="LockOptions.Owner"/>, or machine and process, and the name of the scope.</summary>
    public string Owner => Options.Owner ?? (Scope?.Name is { } name ? $"{ProcessOwner} {name}" : ProcessOwner);

    /// <summary>The same as seen in this process.</summary>
    internal string OwnerHere => Options.Owner ?? Scope?.Name ?? ProcessOwner;

    /// <summary>The clock of the wait and, in this process, of the lease.</summary>
    public TimeProvider TimeProvider => Options.TimeProvider ?? Scope?.TimeProvider ?? TimeProvider.System;

    /// <summary>
    /// Cancelled when the scope or the lock that asks has ended. Ask only when the request has to wait: it may have to
    /// be created.
    /// </summary>
    public CancellationToken Lifetime => Lock?.Lifetime ?? Scope?.Token ?? CancellationToken.None;

    /// <summary>Throws if the request contradicts itself. For providers, which call it before they change anything.</summary>
    /// <exception cref="ArgumentException">The key is empty or white space, or the options contradict each other.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout, the time to live, the mode, the weight or the permits are out of range.</exception>
    public void Validate()
    {
        Ensure.Key(Key, nameof(Key));
        Ensure.NotNull(Options, nameof(Options));
        Ensure.Timeout(Timeout, nameof(Timeout));
        Ensure.PositiveOrNull(TimeToLive, nameof(TimeToLive));
        if (Mode != LockMode.Read) Ensure.Defined(Mode, nameof(Mode));
        if (Mode == LockMode.Permits || (Weight | Permits) != 0) ValidatePermits();
        if (Options.EndsByItself && TimeToLive is null) Options.Validate(hasScope: true);
    }

    /// <summary>The hash of the key, for the provider in this process; whoever asks has mostly computed it already.</summary>
    internal int? KeyHash { get; init; }

    /// <summary>The scope that the guard will belong to.</summary>
    internal Scope? Scope { get; init; }

    /// <summary>The lock that asks; null for a scope's own helpers.</summary>
    internal Lock? Lock { get; init; }

    /// <summary>What is asked for, at the start of a sentence.</summary>
    internal string What => Lock?.ToString() ?? (Permits == 0 ? LockText.Describe(Key) : AsyncSemaphore.Describe(Key, Permits));

    /// <summary>The key for messages; null for a lock without one.</summary>
    internal string? KeyOrNull => Lock is { Key: null } ? null : Key;

    /// <summary>The error for a request that comes when its lock or scope has ended.</summary>
    internal Exception Ended() => Lock?.Ended() ?? Scope?.Ended() ?? new ObjectDisposedException(nameof(Scope));

    /// <summary>The error for a request whose time is up.</summary>
    internal TimeoutException TimedOut(string? holder) => Mode == LockMode.Permits
        ? new SemaphoreTimeoutException(Lock?.Semaphore?.Name ?? KeyOrNull, Weight, Permits, Timeout, holder)
        : new LockTimeoutException(KeyOrNull, Mode, Timeout, holder);

    /// <summary>The error for a request that was waiting when its lock or scope ended.</summary>
    internal Exception WaitEnded() => Lock?.WaitEnded() ?? Scope?.WaitEnded() ?? new ObjectDisposedException(nameof(Scope));

    private void ValidatePermits()
    {
        if (Mode != LockMode.Permits) throw new ArgumentOutOfRangeException(nameof(Mode), Mode, $"Permits are asked for with {nameof(LockMode)}.{nameof(LockMode.Permits)}.");
        Ensure.AtLeastOne(Permits, nameof(Permits));
        if (Weight < 1 || Weight > Permits) throw new ArgumentOutOfRangeException(nameof(Weight), Weight, $"Must be from 1 to {Permits}, the permits that there are.");
    }

    internal static readonly string ProcessOwner = $"{Environment.MachineName}/{Environment.ProcessId}";
}
