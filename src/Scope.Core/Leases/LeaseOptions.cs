namespace GoGoScope;

/// <summary>
/// Options of a <see cref="LeasedLockProvider"/>: how long leases last, and how this process waits for the store and for other
/// holders. Everything has a default.
/// </summary>
/// <remarks>Whoever waits for a store, or until it looks again, does so for 30 days at most; what is longer counts as that.</remarks>
/// <example>
/// <code>
/// var options = new LeaseOptions { DefaultTimeToLive = TimeSpan.FromSeconds(10), MaxWaiters = 200 };
/// </code>
/// </example>
public sealed record LeaseOptions
{
    internal static readonly LeaseOptions Default = new();

    // Timers take at most some 49 days.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>
    /// The length of leases for which the request names none: how long others wait after this process has crashed. More than
    /// zero; 30 seconds by default. After a part of it, <see cref="RenewalsPerLease"/>, it is renewed.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public TimeSpan DefaultTimeToLive { get; init => field = Ensure.Positive(value, nameof(DefaultTimeToLive)); } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// After which part of its length a lease is renewed: 3, the default, after a third of it. More of them leave a process that stands still, or a store
    /// that is away, more of the lease before it is lost, and cost the store as many more calls. From 2 to 20. Of a lease that is not renewed
    /// (<see cref="LockOptions.AutoRenew"/>) it says nothing.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 2 or more than 20.</exception>
    public int RenewalsPerLease { get; init => field = Ensure.Between(value, 2, 20); } = 3;

    /// <summary>
    /// How long the store may fail to answer, tried again and again, before a request fails with a <see cref="LockProviderException"/>. Those
    /// who already wait, in the store's queue or for somebody of their own process, go on waiting until their own timeout or token ends
    /// them; the time counts for them from when that somebody lets go of the lock or loses it, or the store says that their place is gone.
    /// More than zero; 5 seconds by default. A call that was under way for longer than this has no effect any more when it arrives.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public TimeSpan StoreTimeout { get; init => field = Ensure.Positive(value, nameof(StoreTimeout)); } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The longest that disposing a guard waits for the store, and never longer than what is left of the lease. After that the
    /// release goes on by itself, or the lease ends. Also the longest that disposing the provider waits. More than zero; 5 seconds by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public TimeSpan ReleaseTimeout { get; init => field = Ensure.Positive(value, nameof(ReleaseTimeout)); } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The pause before a waiter's first look at the store, where the store can't notify it; the pause doubles from look to look,
    /// up to <see cref="LongestPoll"/>. More than zero; 5 ms by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public TimeSpan ShortestPoll { get; init => field = Ensure.Positive(value, nameof(ShortestPoll)); } = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// The longest pause between two looks of a waiter at the store, where the store can't notify it. At least
    /// <see cref="ShortestPoll"/>; 250 ms by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public TimeSpan LongestPoll { get; init => field = Ensure.Positive(value, nameof(LongestPoll)); } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The longest pause between two looks of a waiter at the store, where the store notifies it when its turn has come: a
    /// notification can be lost. More than zero; 5 seconds by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public TimeSpan SafetyPoll { get; init => field = Ensure.Positive(value, nameof(SafetyPoll)); } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a process that waits counts as alive after its last sign of life. It gives one three times in that time. More than
    /// zero; 10 seconds by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public TimeSpan Liveness { get; init => field = Ensure.Positive(value, nameof(Liveness)); } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many processes may wait for one key, and how many requests in each of them; more are refused. From 1; 1,000 by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public int MaxWaiters { get; init => field = Ensure.AtLeastOne(value); } = 1_000;

    /// <summary>
    /// How long the tasks of this process may hand a key to each other before the store is asked again whether another process
    /// waits. News of that comes at once, as a rule; this bounds what lost news can delay. Zero: each grant asks the store. 100 ms
    /// by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public TimeSpan LocalTurn { get; init => field = Ensure.NotNegative(value, nameof(LocalTurn)); } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long this process keeps a key that nobody here holds any more, in case somebody comes back for it, who then need not ask the
    /// store unless it was last asked longer ago than <see cref="LocalTurn"/>. It ends at once when another process waits; over a store that does not
    /// tell of that (MySQL, MariaDB, a MongoDB that is a single server, and where listening is switched off), when the store was last asked <see cref="LocalTurn"/> ago. Zero, which is the default, keeps nothing.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public TimeSpan Linger { get; init => field = Ensure.NotNegative(value, nameof(Linger)); }

    /// <summary>
    /// By how much the clocks of the store and of this process may drift apart, as a share: a lease counts as lost here by so
    /// much earlier. From 0 to 0.1; 0.001 by default, many times what the clocks of computers do.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 0 or more than 0.1.</exception>
    public double ClockDrift { get; init => field = Ensure.Between(value, 0, 0.1); } = 0.001;

    /// <summary>The clock of this process's share of leases: renewals, and when a lease counts as lost here. By default the system's;
    /// its timestamps then also count the time that the machine sleeps (on Linux and macOS those of .NET don't).</summary>
    /// <remarks>To read it must not fail: a key whose work is cut short by that is seen to by this process no more.</remarks>
    public TimeProvider TimeProvider { get; init => field = Ensure.NotNull(value, nameof(TimeProvider)); } = TimeProvider.System;

    /// <summary>The options as they are used.</summary>
    internal LeaseOptions Validate()
    {
        if (LongestPoll < ShortestPoll)
            throw new ArgumentException($"{nameof(LongestPoll)} ({LongestPoll}) must be at least {nameof(ShortestPoll)} ({ShortestPoll}).");
        return this with
        {
            StoreTimeout = AtMost(StoreTimeout),
            ReleaseTimeout = AtMost(ReleaseTimeout),
            ShortestPoll = AtMost(ShortestPoll),
            LongestPoll = AtMost(LongestPoll),
            SafetyPoll = AtMost(SafetyPoll),
            TimeProvider = TimeProvider == TimeProvider.System ? BootTime.Provider : TimeProvider,
        };
    }

    private static TimeSpan AtMost(TimeSpan time) => time < Longest ? time : Longest;
}
