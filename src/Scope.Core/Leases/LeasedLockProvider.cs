using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace GoGoScope;

/// <summary>
/// Locks by key in a store, shared by all processes that use it. It does all that is the same for every store: leases and their
/// renewal, waiting and waking, fencing tokens. One instance for each process and store, shared by all scopes.
/// </summary>
/// <remarks>
/// <para>A lock of a store is a lease. Its holder keeps it by renewing it, and loses it if it can't: when the process is paused
/// for longer than the lease, or the store can't be reached. <see cref="LockGuard.LostToken"/> tells; only a resource
/// that checks <see cref="LockGuard.FencingToken"/>, before it is read and when it is written, is safe from a holder who has not heard yet.</para>
/// </remarks>
/// <example>
/// <code>
/// var provider = new LeasedLockProvider(store);
/// await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
/// await using var guard = await scope.AcquireLockAsync("orders:4711", timeToLive: TimeSpan.FromSeconds(30));
/// </code>
/// </example>
public partial class LeasedLockProvider : ILockProvider, IAsyncDisposable
{
    internal const string KeyPrefix = "lock:";

    private readonly ILockStore _store;
    private readonly bool _ownsStore;
    private readonly ConcurrentDictionary<string, KeyAgent> _agents = new(StringComparer.Ordinal);
    private readonly WakeUps _wakeUps;
    private readonly StoreCalls _calls;
    private KeyRunner? _spareRunner;
    private long _lastId;

    /// <summary>Creates a provider of locks in <paramref name="store"/>, which is not disposed with the provider.</summary>
    /// <param name="store">Where the keys live.</param>
    /// <param name="options">By default <c>new LeaseOptions()</c>.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public LeasedLockProvider(ILockStore store, LeaseOptions? options = null) : this(store, options, ownsStore: false)
    {
    }

    /// <summary>Creates a provider of locks in <paramref name="store"/>, for providers that make their store themselves.</summary>
    /// <param name="store">Where the keys live.</param>
    /// <param name="options">By default <c>new LeaseOptions()</c>.</param>
    /// <param name="ownsStore">Whether the store is disposed with the provider, if it can be.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    protected LeasedLockProvider(ILockStore store, LeaseOptions? options, bool ownsStore)
    {
        ArgumentNullException.ThrowIfNull(store);
        TelemetryMaking.BeforeGates();
        _store = store;
        _ownsStore = ownsStore;
        Process = Guid.NewGuid().ToString("N")[..16];
        Options = Validate(options ?? LeaseOptions.Default);
        Clock = new StoreClock(Options.TimeProvider, Options.ClockDrift);
        Deadlines = DeadlineQueue.For(Options.TimeProvider);
        Limits = new RecordLimits { MaxWaiters = Options.MaxWaiters };
        Liveness = new ProcessLiveness(this);
        _wakeUps = new WakeUps(this);
        _calls = new StoreCalls(Name, Options.TimeProvider);
        Renewals = new RenewalBatches(this);
    }

    // Nobody else will dispose a store of the provider's own.
    private LeaseOptions Validate(LeaseOptions options)
    {
        try
        {
            return options.Validate();
        }
        catch when (_ownsStore)
        {
            _ = ReportFailureAsync(EndAsync(_store as IAsyncDisposable));
            throw;
        }
    }

    /// <inheritdoc/>
    public string Name => _store.Name;

    /// <inheritdoc/>
    public bool IsDistributed => true;

    /// <inheritdoc/>
    public bool GrantsPermits => true;

    internal LeaseOptions Options { get; }

    internal StoreClock Clock { get; }

    internal DeadlineQueue Deadlines { get; }

    internal RecordLimits Limits { get; }

    /// <summary>This process, or this provider in it, as others see it in the store.</summary>
    internal string Process { get; }

    internal ProcessLiveness Liveness { get; }

    internal RenewalBatches Renewals { get; }

    /// <summary>How long several swaps at once are waited for.</summary>
    internal TimeSpan RenewalPatience => Options.StoreTimeout / 2;

    internal SettlingTurns Turns { get; } = new();

    /// <summary>Whether the store tells this process when its turn has come.</summary>
    internal bool IsWoken => _wakeUps.IsWoken;

    /// <summary>Whether it hears of those who wait elsewhere, as far as the store can tell.</summary>
    internal bool HearsOfOthers => _wakeUps.HasBegun;

    internal bool IsReadyToWait => _wakeUps.IsReady;

    /// <summary>How many keys this process has anything to do with, or remembers for a moment.</summary>
    internal int KnownKeys => _agents.Count;

    /// <summary>Whether nothing is under way to the store.</summary>
    internal bool IsQuiet => _agents.Values.All(static agent => agent.IsIdle) && Liveness.IsIdle;

    /// <inheritdoc/>
    /// <exception cref="LockProviderException">The store could not be used, or too many wait for the key.</exception>
    public ValueTask<LockGuard> AcquireAsync(in LockRequest request, CancellationToken cancellationToken)
    {
        request.Validate();
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<LockGuard>(cancellationToken);
        var observation = Telemetry.WatchesWaits ? new LockObservation(in request, Name) : null;
        return Enter(in request, answersNull: false) is var entered && entered.Hold is { } hold
            ? GuardOf(hold.GrantedAtOnce(observation), in request) is { } guard ? new(guard) : ValueTask.FromException<LockGuard>(request.WaitEnded())
            : AcquireAsync(entered.Attempt!, observation, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="LockProviderException">The store could not be used, or too many wait for the key.</exception>
    public ValueTask<LockGuard?> TryAcquireAsync(in LockRequest request, CancellationToken cancellationToken)
    {
        request.Validate();
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<LockGuard?>(cancellationToken);
        var observation = Telemetry.WatchesWaits ? new LockObservation(in request, Name) : null;
        return Enter(in request, answersNull: true) is var entered && entered.Hold is { } hold
            ? GuardOf(hold.GrantedAtOnce(observation), in request) is { } guard ? new(guard) : ValueTask.FromException<LockGuard?>(request.WaitEnded())
            : TryAcquireAsync(entered.Attempt!, observation, cancellationToken);
    }

    /// <inheritdoc/>
    public IReadOnlyList<LockSnapshot> Snapshot() => [.. _agents.Values.Select(static agent => agent.ToSnapshot()).OfType<LockSnapshot>()];

    internal ValueTask<StoredRecord> ReadAsync(string storeKey) => NoteAsync(StoreCalls.Read, Clock.Timestamp, _store.ReadAsync(storeKey, CancellationToken.None));

    /// <summary>Begins to watch the store for this process; null if it can't tell anything.</summary>
    internal ValueTask<IAsyncDisposable?> WatchAsync(IStoreWatcher watcher) =>
        InTimeAsync(StoreCalls.Watch, Clock.Timestamp, _store.WatchAsync(Process, watcher, CancellationToken.None), late: watching => _ = SeeToAsync(watching));

    /// <summary>Sees to it that this process can be woken and is known to live, before it stands in a queue.</summary>
    internal Task GetReadyToWaitAsync() => _wakeUps.GetReadyAsync();

    internal ValueTask<StoredRecord> SwapAsync(in LockSwap swap) => NoteAsync(StoreCalls.Swap, Clock.Timestamp, _store.SwapAsync(swap, CancellationToken.None));

    /// <summary>Several swaps at once, of different keys.</summary>
    internal async Task<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps)
    {
        var sentAt = Clock.Timestamp;
        // If it takes long, each goes alone: see RenewalBatches.
        var records = await InTimeAsync(StoreCalls.SwapMany, sentAt, _store.SwapManyAsync(swaps, CancellationToken.None), RenewalPatience).ConfigureAwait(false);
        // Of all that the clock showed meanwhile the latest: the less there seems to be left of a lease.
        Observe(sentAt, records.Max(static record => record.Now));
        return records;
    }

    internal KeyRunner TakeRunner() => Interlocked.Exchange(ref _spareRunner, null) ?? new KeyRunner(this);

    /// <summary>The runner is free for another agent. One is kept: as a rule there is not more than one at a time.</summary>
    internal void GiveBack(KeyRunner runner) => Volatile.Write(ref _spareRunner, runner);

    internal ContenderId NewId() => new(Process, Interlocked.Increment(ref _lastId));

    internal void Retire(KeyAgent agent) => _agents.TryRemove(new KeyValuePair<string, KeyAgent>(agent.Key, agent));

    internal KeyAgent? AgentOf(string key) => _agents.GetValueOrDefault(key);

    /// <summary>Lets everybody look who waits.</summary>
    internal void Look()
    {
        foreach (var agent in _agents.Values) agent.Look();
    }

    /// <summary>Waits for an answer and takes note of the store's clock in it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<StoredRecord> NoteAsync(string operation, long sentAt, ValueTask<StoredRecord> answer)
    {
        var stored = await InTimeAsync(operation, sentAt, answer).ConfigureAwait(false);
        Observe(sentAt, stored.Now);
        return stored;
    }

    private void Observe(long sentAt, long storeTime)
    {
        if (!Clock.Observe(sentAt, storeTime)) return;
        foreach (var agent in _agents.Values) agent.ClockJumped();
    }

    /// <summary>Waits for the store, but not for ever; what comes <paramref name="late"/> is not lost.</summary>
    private ValueTask<T> InTimeAsync<T>(string operation, long sentAt, ValueTask<T> answer, TimeSpan? timeout = null, Action<T>? late = null) =>
        _calls.ObserveAsync(operation, sentAt, TimedAnswer<T>.OfAsync(answer, timeout ?? Options.StoreTimeout, Deadlines, late));

    /// <summary>Ends a watching that has begun after nobody waited for it any more.</summary>
    private Task SeeToAsync(IAsyncDisposable? late) => ReportFailureAsync(EndAsync(late));

    private static async Task EndAsync(IAsyncDisposable? watching)
    {
        if (watching is not null) await watching.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>What nobody waits for any more does not fail unheard.</summary>
    private async Task ReportFailureAsync(Task ending)
    {
        try
        {
            await ending.ConfigureAwait(false);
        }
        catch (Exception error)
        {
            GoGoScopeEventSource.Log?.StoreFailed(new LockProviderException(Name, Process, error.Message, error));
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<LockGuard> AcquireAsync(Attempt attempt, LockObservation? observation, CancellationToken cancellationToken)
    {
        var hold = await OutcomeAsync(attempt, observation, cancellationToken).ConfigureAwait(false);
        return GuardOf(hold!, in attempt.Request) ?? throw attempt.Request.WaitEnded();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<LockGuard?> TryAcquireAsync(Attempt attempt, LockObservation? observation, CancellationToken cancellationToken)
    {
        if (await OutcomeAsync(attempt, observation, cancellationToken).ConfigureAwait(false) is not { } hold) return null;
        return GuardOf(hold, in attempt.Request) ?? throw attempt.Request.WaitEnded();
    }

    private static ValueTask<LeasedHold?> OutcomeAsync(Attempt attempt, LockObservation? observation, CancellationToken cancellationToken) =>
        observation is null ? attempt.OutcomeAsync(cancellationToken) : attempt.ObservedOutcomeAsync(observation, cancellationToken);

    /// <summary>The guard of a hold that belongs to the scope that asked; null, and the hold is released, if that scope has ended.</summary>
    private static LockGuard? GuardOf(LeasedHold hold, in LockRequest request)
    {
        if (hold.TryBelongToScope()) return new LockGuard(hold, hold.Token);
        if (hold.Lease.Agent.TryRelease(hold, out _)) hold.TellReleased();
        return null;
    }

    private (LeasedHold? Hold, Attempt? Attempt) Enter(in LockRequest request, bool answersNull)
    {
        var timeToLive = request.EffectiveTimeToLive ?? Options.DefaultTimeToLive;
        var kind = new LeaseKind(request.Mode, Math.Min(StoreTime.Length(timeToLive), StoreTime.Latest), request.Options.EndsByItself, request.Weight, request.Permits);
        while (true)
        {
            var agent = _agents.GetOrAdd(request.Key, static (key, provider) => new KeyAgent(provider, key), this);
            if (agent.TryEnter(in request, kind, answersNull, out var hold, out var attempt)) return (hold, attempt);
        }
    }
}
