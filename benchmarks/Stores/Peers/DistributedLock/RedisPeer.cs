using Medallion.Threading.Redis;
using StackExchange.Redis;

namespace GoGoScope.Benchmarks.Stores.Peers;

/// <summary>DistributedLock.Redis with its own settings; it lets who waits poll.</summary>
internal sealed class RedisPeer : IPeer
{
    private readonly ConnectionMultiplexer _connection;
    private readonly RedisDistributedLock _free;
    private readonly RedisDistributedReaderWriterLock _books;

    private RedisPeer(ConnectionMultiplexer connection)
    {
        _connection = connection;
        _free = new RedisDistributedLock("peer-free", connection.GetDatabase());
        _books = new RedisDistributedReaderWriterLock("peer-books", connection.GetDatabase());
    }

    internal static async Task<IPeer> OpenAsync(string connection) => new RedisPeer(await ConnectionMultiplexer.ConnectAsync(connection));

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

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
