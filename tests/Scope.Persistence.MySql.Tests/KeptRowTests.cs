using System.Data.Common;
using Lock = GoGoScope.Lock;

namespace GoGoScope.Persistence.MySql.Tests;

/// <summary>A row that a transaction of somebody keeps for longer than one swap waits for it is asked for again.</summary>
[TestFixture]
public sealed class KeptRowTests
{
    [Test]
    public async Task Who_asks_for_a_key_whose_row_is_kept_for_longer_than_a_swap_waits_is_granted_it_when_it_is_let_go()
    {
        var key = $"kept:{Guid.NewGuid():N}";
        await using var direct = Driver.Open(await TestServer.MariaDb.ConnectionAsync());
        await using var store = new MySqlLockStore(await TestServer.MariaDb.ConnectionAsync());
        await store.EnsureSchemaAsync();
        var refused = new Refused(store);
        // Much longer than the row is kept.
        await using var provider = new LeasedLockProvider(refused, new LeaseOptions { StoreTimeout = TimeSpan.FromMinutes(5), ReleaseTimeout = TimeSpan.FromSeconds(1) });
        var @lock = new Lock(CancellationToken.None, new LockOptions { Key = key, Provider = provider, TimeToLive = TimeSpan.FromMinutes(5) });
        await (await @lock.AcquireAsync().Soon()).DisposeAsync();

        await using var somebody = await direct.OpenConnectionAsync();
        await somebody.ExecuteAsync($"START TRANSACTION; SELECT version FROM gogoscope_locks WHERE id = UNHEX(SHA2('lock:{key}', 256)) FOR UPDATE");
        var waiting = @lock.AcquireAsync().AsTask();
        await Waiting.Until(() => waiting.IsCompleted || refused.Times > 0, "a swap has waited for the row in vain");
        Assert.That(waiting.IsCompleted, Is.False, "it is asked again");
        await somebody.ExecuteAsync("ROLLBACK");
        await (await waiting.Soon()).DisposeAsync();
    }

    /// <summary>Counts how often a swap has waited for its row for too long.</summary>
    private sealed class Refused(MySqlLockStore store) : ILockStore
    {
        private int _times;

        internal int Times => Volatile.Read(ref _times);

        public string Name => store.Name;

        public async ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken)
        {
            try
            {
                return await store.SwapAsync(swap, cancellationToken);
            }
            catch (DbException e) when (Settings.HasWaitedForARow(e))
            {
                Interlocked.Increment(ref _times);
                throw;
            }
        }

        public ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken) => store.SwapManyAsync(swaps, cancellationToken);

        public ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken) => store.ReadAsync(key, cancellationToken);

        public ValueTask<IAsyncDisposable?> WatchAsync(string process, IStoreWatcher watcher, CancellationToken cancellationToken) => store.WatchAsync(process, watcher, cancellationToken);
    }
}
