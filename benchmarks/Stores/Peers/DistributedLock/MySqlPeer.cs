using Medallion.Threading.MySql;

namespace GoGoScope.Benchmarks.Stores.Peers;

/// <summary>DistributedLock.MySql with its own settings: named locks, several on one connection where that can be.</summary>
internal sealed class MySqlPeer(string connection) : IPeer
{
    private readonly MySqlDistributedLock _free = new("peer-free", connection);

    public bool KnowsReaders => false;

    public async Task PairAsync()
    {
        await using (await _free.AcquireAsync())
        {
        }
    }

    public Task ReadAsync(Func<Task> inside) => throw new NotSupportedException("It knows no readers and writers.");

    public Task WriteAsync(Func<Task> inside) => throw new NotSupportedException("It knows no readers and writers.");

    // Its connections go back to the pool by themselves.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
