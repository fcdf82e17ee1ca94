using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases;

/// <summary>Times of the options at the ends of what they may be.</summary>
public sealed class OptionRangeTests
{
    private static readonly Dictionary<string, LeaseOptions> Longest = new()
    {
        [nameof(LeaseOptions.StoreTimeout)] = new() { StoreTimeout = TimeSpan.MaxValue },
        [nameof(LeaseOptions.ReleaseTimeout)] = new() { ReleaseTimeout = TimeSpan.MaxValue, DefaultTimeToLive = TimeSpan.MaxValue },
        [nameof(LeaseOptions.SafetyPoll)] = new() { SafetyPoll = TimeSpan.MaxValue },
        [nameof(LeaseOptions.LongestPoll)] = new() { LongestPoll = TimeSpan.MaxValue, ShortestPoll = TimeSpan.MaxValue },
        [nameof(LeaseOptions.Liveness)] = new() { Liveness = TimeSpan.MaxValue },
        [nameof(LeaseOptions.LocalTurn)] = new() { LocalTurn = TimeSpan.MaxValue },
        [nameof(LeaseOptions.Linger)] = new() { Linger = TimeSpan.MaxValue },
        [nameof(LeaseOptions.DefaultTimeToLive)] = new() { DefaultTimeToLive = TimeSpan.MaxValue },
    };

    private static IEnumerable<string> Names => Longest.Keys;

    private sealed class Provider(ILockStore store, LeaseOptions options, bool ownsStore) : LeasedLockProvider(store, options, ownsStore);

    private sealed class DisposedStore : ILockStore, IAsyncDisposable
    {
        public string Name => "disposed";

        internal bool IsDisposed { get; private set; }

        public ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IAsyncDisposable?> WatchAsync(string process, IStoreWatcher watcher, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }

    [Test]
    public async Task Whatever_is_as_long_as_can_be_works([ValueSource(nameof(Names))] string longest, [Values] bool tellsNews)
    {
        var options = Longest[longest];
        for (var round = 0; round < 4; round++)
        {
            var time = new ManualTimeProvider();
            var server = new InMemoryLockStore(time);
            var way = new FaultyLockStore(server, time: time) { TellsNews = tellsNews, Faults = new SlowAnswers(TimeSpan.FromMilliseconds(10)) };
            var here = new LeasedLockProvider(way, options with { TimeProvider = time });
            var there = new LeasedLockProvider(server, new LeaseOptions { TimeProvider = time, DefaultTimeToLive = TimeSpan.FromSeconds(3), SafetyPoll = TimeSpan.FromSeconds(1) });

            var first = await On(there).AcquireAsync();
            var waiting = On(here).AcquireAsync().AsTask();
            bool Rests() => there.IsQuiet && (here.IsQuiet || way.UnderWay > 0);
            await PassUntilAsync(time, () => Waiters(server) == 1, Rests, "it waits");
            await first.DisposeAsync();
            if (options.SafetyPoll < TimeSpan.MaxValue && options.ShortestPoll < TimeSpan.MaxValue || tellsNews)
                await PassUntilAsync(time, () => waiting.IsCompleted, Rests, "it is granted");
            else
                continue;
            var guard = await waiting;
            var released = guard.DisposeAsync().AsTask();
            await PassUntilAsync(time, () => released.IsCompleted, Rests, "it is released");
            await released;
        }
    }

    /// <summary>Nobody else could: who makes it has no provider.</summary>
    [Test]
    public void Options_that_contradict_each_other_are_refused_and_a_store_of_the_providers_own_is_disposed([Values] bool ownsStore)
    {
        var store = new DisposedStore();
        Assert.That(
            () => new Provider(store, new LeaseOptions { LongestPoll = TimeSpan.FromMilliseconds(1), ShortestPoll = TimeSpan.FromMilliseconds(2) }, ownsStore),
            Throws.ArgumentException);
        Assert.That(store.IsDisposed, Is.EqualTo(ownsStore));
    }

    /// <summary>Who dies tells nobody: whoever waits looks when the lease ends, if it ever looks.</summary>
    [Test]
    public async Task Whoever_waits_looks_when_the_lease_of_the_holder_ends([ValueSource(nameof(Names))] string longest)
    {
        var options = Longest[longest];
        // What is random has to go well each time.
        for (var round = 0; round < (longest == nameof(LeaseOptions.SafetyPoll) ? 20 : 2); round++)
        {
            var time = new ManualTimeProvider();
            var server = new InMemoryLockStore(time);
            var here = new LeasedLockProvider(server, options with { TimeProvider = time });
            var way = new FaultyLockStore(server, time: time);
            var there = new LeasedLockProvider(way, new LeaseOptions { TimeProvider = time, DefaultTimeToLive = TimeSpan.FromSeconds(3) });
            await On(there).AcquireAsync();
            var waiting = On(here).AcquireAsync().AsTask();
            await PassUntilAsync(time, () => Waiters(server) == 1, () => here.IsQuiet, "it waits");
            way.Outage = StoreOutage.Refuses;
            way.Kill();
            await PassUntilAsync(time, () => waiting.IsCompleted, () => here.IsQuiet, "the lease of the dead has ended");
            await (await waiting).DisposeAsync();
        }
    }

    private static Lock On(ILockProvider provider) => new(CancellationToken.None, new LockOptions { Provider = provider, Key = "key" });

    private static int Waiters(InMemoryLockStore server)
    {
        var stored = server.ReadAsync("lock:key", CancellationToken.None).AsTask().Result;
        return LockRecord.Parse(in stored).Waiters.Length;
    }

    /// <summary>Lets time pass until something is so: as long as <paramref name="mayPass"/> says that all has been done that can be done without.</summary>
    private static async Task PassUntilAsync(ManualTimeProvider time, Func<bool> condition, Func<bool> mayPass, string what)
    {
        await Waiting.Until(
            () =>
            {
                if (condition()) return true;
                if (mayPass()) time.Advance(TimeSpan.FromMilliseconds(50));
                return false;
            },
            what);
    }
}
