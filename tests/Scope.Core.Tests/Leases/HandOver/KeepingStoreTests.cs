using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>A store may keep the thread that asks it, as a disk does that has stopped to answer; deadlines are due all the same, those of other stores, too.</summary>
public sealed class KeepingStoreTests
{
    private const string Key = "key";

    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private ManualTimeProvider _time = null!;
    private InMemoryLockStore _inner = null!;
    private KeepingStore _store = null!;

    [SetUp]
    public void Open()
    {
        _time = new ManualTimeProvider();
        _inner = new InMemoryLockStore(_time);
        _store = new KeepingStore(_inner);
    }

    [TearDown]
    public async Task Close() => await _store.DisposeAsync();

    [Test]
    public async Task Who_looks_for_itself() => await KeepsNobodyAsync(await HeldElsewhereAsync(), Options(looks: TimeSpan.FromSeconds(1)), waits: Timeout.InfiniteTimeSpan);

    [Test]
    public async Task Who_says_that_it_lives() => await KeepsNobodyAsync(await HeldElsewhereAsync(), Options(lives: TimeSpan.FromSeconds(3)), waits: Timeout.InfiniteTimeSpan, keeps: "process:");

    [Test]
    public async Task Who_gives_up() => await KeepsNobodyAsync(await HeldElsewhereAsync(), Options(), waits: TimeSpan.FromSeconds(2));

    [Test]
    public Task Whose_lease_has_lingered() => KeepsNobodyAsync(elsewhere: null, Options() with { Linger = TimeSpan.FromSeconds(2) }, waits: null);

    [Test]
    public Task Whose_lease_was_lost() => KeepsNobodyAsync(elsewhere: null, Options(), waits: null, held: new LockOptions { TimeToLive = TimeSpan.FromSeconds(2), AutoRenew = false });

    [Test]
    public Task Whose_lease_is_renewed() => KeepsNobodyAsync(elsewhere: null, Options(), waits: null, held: new LockOptions { TimeToLive = TimeSpan.FromSeconds(3) });

    [Test]
    public Task Whose_renewal_changes_nothing() =>
        KeepsNobodyAsync(elsewhere: null, Options(), waits: null, held: new LockOptions { TimeToLive = TimeSpan.FromSeconds(3), MaxHold = TimeSpan.FromSeconds(4) }, keepsSwaps: false);

    [Test]
    public async Task Who_gets_ready_to_wait_keeps_none_of_those_who_want_to_wait_as_well()
    {
        const string Another = "another";
        var elsewhere = await HeldElsewhereAsync();
        await LockOf(elsewhere, new LockOptions { TimeToLive = Long }, Another).AcquireAsync();
        var here = new LeasedLockProvider(_store, Options());
        _store.KeepsWatches = true;
        var first = Task.Run(() => LockOf(here).AcquireAsync().AsTask());
        await _store.Asked.Soon();
        var asking = Task.Factory.StartNew(() => LockOf(here, key: Another).AcquireAsync().AsTask(), CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Default);
        try
        {
            await asking.Soon();
        }
        finally
        {
            _store.LetGo();
            var second = await asking;
            await Waiting.Until(() => here.IsQuiet, "both wait");
            await here.DisposeAsync();
            foreach (var waiting in new[] { first, second }) await Assert.ThatAsync(() => waiting.Soon(), Throws.TypeOf<LockProviderException>());
            await elsewhere.DisposeAsync();
        }
    }

    [Test]
    public async Task A_provider_that_ends_waits_for_it_no_longer_than_it_may()
    {
        var options = Options();
        var ending = new LeasedLockProvider(_store, options);
        var guard = await LockOf(ending).AcquireAsync();
        (_store.Keeps, _store.KeepsSwaps) = ("lock:", true);
        var disposed = Task.Run(() => ending.DisposeAsync().AsTask());
        await _store.Asked.Soon();
        await EndsInTimeAsync(disposed, options);
        Assert.That(guard.IsHeld, Is.False);
    }

    [Test]
    public async Task A_provider_that_ends_waits_no_longer_for_one_that_keeps_who_gets_ready_to_wait()
    {
        var elsewhere = await HeldElsewhereAsync();
        var options = Options();
        var ending = new LeasedLockProvider(_store, options);
        _store.KeepsWatches = true;
        var waiting = Task.Run(() => LockOf(ending).AcquireAsync().AsTask());
        await _store.Asked.Soon();
        await EndsInTimeAsync(Task.Run(() => ending.DisposeAsync().AsTask()), options);
        await Assert.ThatAsync(() => waiting.Soon(), Throws.TypeOf<LockProviderException>());
        await elsewhere.DisposeAsync();
    }

    [Test]
    public async Task A_provider_that_ends_waits_no_longer_for_one_that_keeps_who_takes_its_leave()
    {
        var options = Options();
        var ending = new OwningProvider(_store, options);
        _store.KeepsGoodbyes = true;
        var disposed = Task.Run(() => ending.DisposeAsync().AsTask());
        await _store.Asked.Soon();
        await EndsInTimeAsync(disposed, options);
    }

    /// <summary>While the store keeps a thread; which it lets go then.</summary>
    private async Task EndsInTimeAsync(Task disposed, LeaseOptions options)
    {
        try
        {
            await Waiting.Until(() => Passed(options.ReleaseTimeout) && disposed.IsCompleted, "it ends although the store keeps a thread");
        }
        finally
        {
            _store.LetGo();
            await disposed.Soon();
        }

        bool Passed(TimeSpan time)
        {
            if (_time.ActiveTimers > 0) _time.Advance(time);
            return true;
        }
    }

    /// <summary>Asks the store for something within some seconds, which it keeps; a lease of another one that ends later is told lost in time.</summary>
    private async Task KeepsNobodyAsync(LeasedLockProvider? elsewhere, LeaseOptions options, TimeSpan? waits, string keeps = "lock:", LockOptions? held = null, bool keepsSwaps = true)
    {
        var here = new LeasedLockProvider(_store, options);
        var other = new LeasedLockProvider(new InMemoryLockStore(_time), Options());
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var guard = await LockOf(other, new LockOptions { TimeToLive = TimeSpan.FromSeconds(10), AutoRenew = false }).AcquireAsync();
        using var told = guard.LostToken.Register(lost.SetResult);

        Task waiting = Task.CompletedTask;
        if (waits is { } timeout)
        {
            waiting = LockOf(here).AcquireAsync(new AcquireOptions { Timeout = timeout }).AsTask();
            await Waiting.Until(() => here.IsQuiet, "it waits");
        }
        else
        {
            var own = await LockOf(here, held).AcquireAsync();
            if (held is null) await own.DisposeAsync();
        }

        if (!keepsSwaps) await RenewUntilNothingChangesAsync(here);
        (_store.Keeps, _store.KeepsSwaps) = (keeps, keepsSwaps);
        var advancing = Task.Run(() => _time.Advance(TimeSpan.FromSeconds(10)));
        try
        {
            await lost.Task.Soon();
            await _store.Asked.Soon();
        }
        finally
        {
            _store.LetGo();
            await advancing;
            await here.DisposeAsync().AsTask().Soon();
            await other.DisposeAsync().AsTask().Soon();
            if (elsewhere is not null) await elsewhere.DisposeAsync().AsTask().Soon();
            if (waits is not null) await Assert.ThatAsync(() => waiting.Soon(), Throws.Exception);
        }
    }

    /// <summary>To just before the renewal that comes when no more time may be had.</summary>
    private async Task RenewUntilNothingChangesAsync(LeasedLockProvider provider)
    {
        for (var i = 0; i < 22; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(0.1));
            await Waiting.Until(() => provider.IsQuiet, "it is renewed");
        }
    }

    private async Task<LeasedLockProvider> HeldElsewhereAsync()
    {
        var elsewhere = new LeasedLockProvider(_inner, Options());
        await LockOf(elsewhere, new LockOptions { TimeToLive = Long }).AcquireAsync();
        return elsewhere;
    }

    // Nothing comes due but for what the test is about.
    private LeaseOptions Options(TimeSpan? looks = null, TimeSpan? lives = null) => new() { TimeProvider = _time, SafetyPoll = looks ?? Long, Liveness = lives ?? Long };

    private Lock LockOf(ILockProvider provider, LockOptions? options = null, string key = Key) =>
        new(CancellationToken.None, (options ?? new LockOptions()) with { Provider = provider, Key = key, TimeProvider = _time });

    private sealed class OwningProvider(ILockStore store, LeaseOptions options) : LeasedLockProvider(store, options, ownsStore: true);

    private sealed class KeepingStore(ILockStore store) : ILockStore, IAsyncDisposable
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _letGo = new();

        public string Name => store.Name;

        /// <summary>How the keys begin that it keeps threads for; null for none.</summary>
        internal string? Keeps { get; set; }

        /// <summary>Whether it keeps those who swap, too, and not only those who read.</summary>
        internal bool KeepsSwaps { get; set; }

        /// <summary>Whether it keeps those who ask to hear of something.</summary>
        internal bool KeepsWatches { get; set; }

        /// <summary>Whether it keeps who disposes it.</summary>
        internal bool KeepsGoodbyes { get; set; }

        /// <summary>Complete when it keeps one.</summary>
        internal Task Asked => _asked.Task;

        internal void LetGo() => _letGo.SetResult();

        public ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken)
        {
            if (KeepsSwaps) Keep(swap.Key);
            return store.SwapAsync(swap, cancellationToken);
        }

        public ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken)
        {
            if (KeepsSwaps) Keep(swaps[0].Key);
            return store.SwapManyAsync(swaps, cancellationToken);
        }

        public ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken)
        {
            Keep(key);
            return store.ReadAsync(key, cancellationToken);
        }

        public ValueTask<IAsyncDisposable?> WatchAsync(string process, IStoreWatcher watcher, CancellationToken cancellationToken)
        {
            if (KeepsWatches) Keep();
            return store.WatchAsync(process, watcher, cancellationToken);
        }

        public ValueTask DisposeAsync()
        {
            if (KeepsGoodbyes) Keep();
            return default;
        }

        private void Keep(string key)
        {
            if (Keeps is { } keeps && key.StartsWith(keeps, StringComparison.Ordinal)) Keep();
        }

        private void Keep()
        {
            _asked.TrySetResult();
            _letGo.Task.Wait();
        }
    }
}
