using GoGoScope.Benchmarks.Measuring;
using StackExchange.Redis;

namespace GoGoScope.Benchmarks.Stores.Servers;

/// <summary>A pair: <c>SET NX PX</c>, and the script that deletes what one has set oneself. Once: <c>PING</c>.</summary>
internal sealed class RedisFloor(ConnectionMultiplexer connection) : IFloor
{
    private const string CompareAndDelete = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end";

    private static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(30);
    private static readonly RedisKey[] Keys = ["floor"];

    private readonly IDatabase _database = connection.GetDatabase();
    private readonly RedisValue[] _owner = [Guid.NewGuid().ToString("N")];

    public async Task PairAsync()
    {
        var isTaken = await _database.StringSetAsync(Keys[0], _owner[0], TimeToLive, When.NotExists);
        var deleted = (int)await _database.ScriptEvaluateAsync(CompareAndDelete, Keys, _owner);
        if (!isTaken || deleted != 1) throw new MeasuringFailedException("The floor on Redis did not get its key.");
    }

    public async Task OnceAsync() => await _database.PingAsync();

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
