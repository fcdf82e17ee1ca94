using GoGoScope.Tests.Leases.HandOver;

namespace GoGoScope.Tests.Inspection;

/// <summary>Taking a key away by force, where it depends on who does what at the same time.</summary>
public sealed class ForceReleaseTests : HandOverFixture
{
    [Test]
    public async Task A_process_that_listens_hears_at_once_and_so_does_the_one_that_takes_it_away([Values] bool inOwnProcess)
    {
        var guard = await Take(Here);
        var lost = guard.LostToken;
        await (inOwnProcess ? Here : There).ForceReleaseAsync(Key);
        await QuietAsync();
        Assert.That(lost.IsCancellationRequested, "without any time having passed");
        Assert.That(guard.ThrowIfLost, Throws.TypeOf<LeaseLostException>());
        await guard.DisposeAsync();
    }

    [Test]
    public async Task A_process_that_hears_nothing_finds_out_when_it_renews()
    {
        Store.IsMute = true;
        var guard = await Take(Here, new LockOptions { TimeToLive = TimeSpan.FromSeconds(30) });
        var lost = guard.LostToken;
        await There.ForceReleaseAsync(Key);
        await PassAsync(TimeSpan.FromSeconds(1));
        Assert.That(lost.IsCancellationRequested, Is.False);
        await PassAsync(TimeSpan.FromSeconds(10));
        Assert.That(lost.IsCancellationRequested);
        await guard.DisposeAsync();
    }

    [Test]
    public async Task All_readers_lose_it_and_the_next_token_is_higher_than_all_of_theirs()
    {
        var readers = new[] { await Read(Here), await Read(Here), await Read(There) };
        var next = await QueueAsync(await OpenAsync());
        var was = await There.ForceReleaseAsync(Key);
        await QuietAsync();
        Assert.That(was.Holders, Has.Count.EqualTo(2), "readers of a process share a holder");
        var guard = await next;
        Assert.That(readers.Select(reader => reader.IsHeld), Has.None.True);
        Assert.That(guard.FencingToken, Is.GreaterThan(readers.Max(reader => reader.FencingToken)));
        foreach (var reader in readers) await reader.DisposeAsync();
        Assert.That(guard.IsHeld);
        await ReleaseAsync(guard);
    }

    [Test]
    public async Task Who_has_come_meanwhile_is_not_meant()
    {
        var old = await Take(Here);
        LockGuard? newer = null;
        var store = new DisturbedStore(Store);
        var forcing = await OpenAsync(store);
        // Between the look and the swap the one who was meant releases it, and another takes it.
        store.BeforeSwap = async () =>
        {
            await old.DisposeAsync();
            newer = await Take(Here);
        };
        var was = await forcing.ForceReleaseAsync(Key);
        await QuietAsync();
        Assert.That(was.Holders.Single().FencingToken, Is.EqualTo(old.FencingToken));
        Assert.That(newer!.Value.IsHeld);
        await ReleaseAsync(newer.Value);
    }

    /// <summary>Lets something happen right before the next swap.</summary>
    private sealed class DisturbedStore(ILockStore store) : ILockStore
    {
        internal Func<Task>? BeforeSwap { get; set; }

        public string Name => store.Name;

        public async ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken)
        {
            var first = BeforeSwap;
            BeforeSwap = null;
            if (first is not null) await first();
            return await store.SwapAsync(swap, cancellationToken);
        }

        public ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken) => store.SwapManyAsync(swaps, cancellationToken);

        public ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken) => store.ReadAsync(key, cancellationToken);

        public ValueTask<IAsyncDisposable?> WatchAsync(string process, IStoreWatcher watcher, CancellationToken cancellationToken) => store.WatchAsync(process, watcher, cancellationToken);
    }
}
