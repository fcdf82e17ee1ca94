using Medallion.Threading.Postgres;

namespace GoGoScope.Benchmarks.Stores.Peers;

/// <summary>DistributedLock.Postgres with its own settings: advisory locks, several on one connection where that can be.</summary>
internal sealed class PostgresPeer(string connection) : IPeer
{
    private readonly PostgresDistributedLock _free = new(new PostgresAdvisoryLockKey("peer-free", allowHashing: true), connection);
    private readonly PostgresDistributedReaderWriterLock _books = new(new PostgresAdvisoryLockKey("peer-books", allowHashing: true), connection);

    public async Task PairAsync()
    {
        await using (await _free.AcquireAsync())
        {
        }
    }

    public async Task ReadAsync(Func<Task> inside)
    {
        await using (await _books.AcquireReadLockAsync()) await inside();
    }

    public async Task WriteAsync(Func<Task> inside)
    {
        await using (await _books.AcquireWriteLockAsync()) await inside();
    }

    // Its connections go back to the pool by themselves.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
