namespace GoGoScope.Testing.Tests.Stores;

/// <summary>A store that does what <see cref="ILockStore"/> promises and no more: it passes, or the suites ask for too much.</summary>
public sealed class ModestStoreHarness : LockStoreHarness
{
    private readonly ManualTimeProvider _time = new();
    private readonly InMemoryLockStore _server;
    private readonly ModestStore _store;

    public ModestStoreHarness()
    {
        _server = new InMemoryLockStore(_time);
        _store = new ModestStore(_server);
    }

    public override ILockStore Store => _store;

    public override ILockStore AnotherProcess => _store;

    public override TimeProvider Time => _time;

    public override Task OpenAsync(bool ownServer) => Task.CompletedTask;

    public override string? WhyNot(StoreCapability capability) => capability switch
    {
        StoreCapability.Restart => "it is not more than a table in this process",
        StoreCapability.Listing => "it does not have to say which keys it has",
        _ => null,
    };

    public override Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }

    public override Task PlantAsync(string key, long version, long fence, string body)
    {
        _server.Plant(key, version, fence, body, long.MaxValue);
        return Task.CompletedTask;
    }

    public override Task CutWatchingAsync()
    {
        _server.BreakWatching();
        return Task.CompletedTask;
    }

    private sealed class ModestStore(InMemoryLockStore server) : ILockStore
    {
        // Some ten kilobytes.
        private const int LongestKey = 11_000;

        public string Name => "modest store";

        public ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken)
        {
            RefuseTooLong(swap.Key);
            return server.SwapAsync(swap, cancellationToken);
        }

        public ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken)
        {
            foreach (var swap in swaps) RefuseTooLong(swap.Key);
            return server.SwapManyAsync(swaps, cancellationToken);
        }

        public ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken)
        {
            RefuseTooLong(key);
            return server.ReadAsync(key, cancellationToken);
        }

        public ValueTask<IAsyncDisposable?> WatchAsync(string process, IStoreWatcher watcher, CancellationToken cancellationToken) =>
            server.WatchAsync(process, new Repeating(watcher), cancellationToken);

        private static void RefuseTooLong(string key) => ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, LongestKey);
    }

    /// <summary>Tells everything twice, and once more after the next; and a record only if it and its key are short.</summary>
    private sealed class Repeating(IStoreWatcher watcher) : IStoreWatcher
    {
        private const int LongestNews = 1_000;

        private Action? _again;

        public void Woken(string key, StoredRecord? record)
        {
            var told = key.Length + record?.Body.Length > LongestNews ? null : record;
            watcher.Woken(key, told);
            watcher.Woken(key, told);
            Interlocked.Exchange(ref _again, () => watcher.Woken(key, told))?.Invoke();
        }

        public void Missed() => watcher.Missed();
    }
}

public sealed class ModestStoreSwaps : StoreSwapContract<ModestStoreHarness>;

public sealed class ModestStoreRaces : StoreRaceContract<ModestStoreHarness>;

public sealed class ModestStoreFences : StoreFenceContract<ModestStoreHarness>;

public sealed class ModestStoreClock : StoreClockContract<ModestStoreHarness>;

public sealed class ModestStoreMany : StoreManyContract<ModestStoreHarness>;

public sealed class ModestStoreNames : StoreNamesContract<ModestStoreHarness>;

public sealed class ModestStoreWatching : StoreWatchContract<ModestStoreHarness>;

public sealed class ModestStoreCancellation : StoreCancellationContract<ModestStoreHarness>;

public sealed class ModestStoreRestart : StoreRestartContract<ModestStoreHarness>;

public sealed class ModestStoreListing : StoreListingContract<ModestStoreHarness>;
