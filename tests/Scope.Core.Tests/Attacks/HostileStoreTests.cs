using GoGoScope.Testing;
using GoGoScope.Tests.Leases;
using GoGoScope.Tests.Run;

namespace GoGoScope.Tests.Attacks;

/// <summary>A store is somebody else's code: whatever it answers, requests end, and the key works again when the store does.</summary>
public sealed class HostileStoreTests
{
    private static readonly Dictionary<string, Func<Hostile, Hostile>> Ways = new()
    {
        ["throws at once"] = static store => store with { OnSwap = static _ => throw new IOException("at once"), OnRead = static () => throw new IOException("at once") },
        ["throws cancellation"] = static store => store with { OnSwap = static _ => throw new OperationCanceledException(), OnRead = static () => throw new TaskCanceledException() },
        ["throws a time-out"] = static store => store with { OnSwap = static _ => throw new TimeoutException(), OnRead = static () => ValueTask.FromException<StoredRecord>(new TimeoutException()) },
        ["answers a body that is null"] = static store => store with { OnSwap = static swap => new(new StoredRecord(swap.Version, 1, null!, 1)), OnRead = static () => new(new StoredRecord(1, 1, null!, 1)) },
        ["answers garbage"] = static store => store with { OnSwap = static _ => new(new StoredRecord(7, 7, "{\"holders\":[7]}", 7)), OnRead = static () => new(new StoredRecord(7, 7, "garbage", 7)) },
        ["answers a record without a fence"] = static store => store with { OnSwap = static _ => new(new StoredRecord(7, -5, "{}", 7)), OnRead = static () => new(new StoredRecord(7, 0, "{}", 7)) },
        ["answers times out of range"] = static store => store with { OnSwap = static _ => new(new StoredRecord(0, 0, "?", long.MinValue)), OnRead = static () => new(new StoredRecord(0, 0, "?", long.MaxValue)) },
    };

    private static IEnumerable<string> Names => Ways.Keys;

    [Test]
    public async Task A_request_fails_and_the_next_one_gets_the_key([ValueSource(nameof(Names))] string way, [Values] bool tries)
    {
        var time = new ManualTimeProvider();
        var store = new Hostile(new InMemoryLockStore(time));
        var switching = new Switching(store) { Now = Ways[way](store) };
        var provider = new LeasedLockProvider(switching, new LeaseOptions { TimeProvider = time });
        await using var ending = new Ending(provider, time);
        var @lock = new Lock(CancellationToken.None, new LockOptions { Provider = provider, Key = "k" });
        Task asking = tries ? @lock.TryAcquireAsync().AsTask() : @lock.AcquireAsync().AsTask();
        await PassUntilOverAsync(time, provider, asking);
        Assert.That(() => asking, Throws.InstanceOf<LockProviderException>());
        switching.Now = store;
        var next = @lock.AcquireAsync().AsTask();
        await OverAsync(time, provider, next);
        await OverAsync(time, provider, (await next).DisposeAsync().AsTask());
    }

    [Test]
    public async Task A_guard_is_released_whatever_the_store_does_then([ValueSource(nameof(Names))] string way)
    {
        var time = new ManualTimeProvider();
        var store = new Hostile(new InMemoryLockStore(time));
        var switching = new Switching(store) { Now = store };
        var provider = new LeasedLockProvider(switching, new LeaseOptions { TimeProvider = time });
        await using var ending = new Ending(provider, time);
        var @lock = new Lock(CancellationToken.None, new LockOptions { Provider = provider, Key = "k" });
        var guard = await @lock.AcquireAsync();
        switching.Now = Ways[way](store);
        await OverAsync(time, provider, guard.DisposeAsync().AsTask());
        switching.Now = store;
        var next = @lock.AcquireAsync().AsTask();
        await OverAsync(time, provider, next);
        await OverAsync(time, provider, (await next).DisposeAsync().AsTask());
    }

    /// <summary>Time passes only while the provider waits for nothing else, in steps that are short beside all that is waited for.</summary>
    private static Task PassUntilOverAsync(ManualTimeProvider time, LeasedLockProvider provider, Task task)
    {
        var isQuiet = Quiet.Of([provider]);
        return Waiting.Until(
            () =>
            {
                if (!task.IsCompleted && isQuiet()) time.Advance(TimeSpan.FromMilliseconds(100));
                return task.IsCompleted;
            },
            "it is over");
    }

    private static async Task OverAsync(ManualTimeProvider time, LeasedLockProvider provider, Task task)
    {
        await PassUntilOverAsync(time, provider, task);
        await task;
    }

    [Test]
    public async Task A_watch_that_comes_too_late_and_cannot_be_ended_harms_nobody()
    {
        var time = new ManualTimeProvider();
        var options = new LeaseOptions { StoreTimeout = TimeSpan.FromSeconds(0.1), TimeProvider = time };
        var store = new Hostile(new InMemoryLockStore(time)) { Watch = new TaskCompletionSource<IAsyncDisposable?>() };
        var (here, there) = (new LeasedLockProvider(store, options), new LeasedLockProvider(store with { Watch = null }, options));
        await using var ending = new Ending(here, time);
        await using var endingThere = new Ending(there, time);
        await using var guard = await new Lock(CancellationToken.None, new LockOptions { Provider = there, Key = "k" }).AcquireAsync();
        var waiting = new Lock(CancellationToken.None, new LockOptions { Provider = here, Key = "k" }).AcquireAsync().AsTask();
        await Waiting.Until(
            () =>
            {
                time.Advance(options.StoreTimeout);
                return waiting.IsCompleted && here.KnownKeys == 0;
            },
            "it has failed, and nobody will ask for the watch once more");
        Assert.That(() => waiting, Throws.InstanceOf<LockProviderException>());
        time.Advance(options.StoreTimeout);

        using var unseen = new UnobservedErrors("cannot be ended");
        store.Watch.SetResult(new Endless());
        for (var i = 0; i < 5; i++)
        {
            await Task.Yield();
            Assert.That(unseen.CountNow(), Is.Zero);
        }
    }

    /// <summary>The end of a provider, and the time that it may take.</summary>
    private sealed class Ending(LeasedLockProvider provider, ManualTimeProvider time) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => new(OverAsync(time, provider, provider.DisposeAsync().AsTask()));
    }

    private sealed class Endless : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.FromException(new IOException("cannot be ended"));
    }

    private sealed class Switching(ILockStore first) : ILockStore
    {
        internal volatile ILockStore Now = first;

        public string Name => Now.Name;

        public ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken) => Now.SwapAsync(swap, cancellationToken);

        public ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken) => Now.SwapManyAsync(swaps, cancellationToken);

        public ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken) => Now.ReadAsync(key, cancellationToken);

        public ValueTask<IAsyncDisposable?> WatchAsync(string process, IStoreWatcher watcher, CancellationToken cancellationToken) => Now.WatchAsync(process, watcher, cancellationToken);
    }

    private sealed record Hostile(ILockStore Store) : ILockStore
    {
        public Func<LockSwap, ValueTask<StoredRecord>>? OnSwap { get; init; }

        public Func<ValueTask<StoredRecord>>? OnRead { get; init; }

        public TaskCompletionSource<IAsyncDisposable?>? Watch { get; init; }

        public string Name => Store.Name;

        public ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken) => OnSwap?.Invoke(swap) ?? Store.SwapAsync(swap, cancellationToken);

        public ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken) => Store.SwapManyAsync(swaps, cancellationToken);

        public ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken) => OnRead?.Invoke() ?? Store.ReadAsync(key, cancellationToken);

        public ValueTask<IAsyncDisposable?> WatchAsync(string process, IStoreWatcher watcher, CancellationToken cancellationToken) =>
            Watch is { } watch ? new(watch.Task) : Store.WatchAsync(process, watcher, cancellationToken);
    }
}
