using System.Globalization;
using GoGoScope.Persistence.Redis;
using GoGoScope.Testing;
using StackExchange.Redis;

namespace GoGoScope.Benchmarks.Stores.Servers;

/// <summary>Redis with the durability that it has by default: what it answers is in memory.</summary>
internal sealed class RedisKind() : StoreKind("Redis", new RedisProgram())
{
    // What is counted on the wire shall be the locks' own.
    private const string Quiet = ",keepAlive=600,configCheckSeconds=600";

    internal override Task<LocalServer> StartAsync() => TestServer.Redis.StartOwnAsync("--appendonly", "no");

    internal override async Task<int> ProcessOfAsync(LocalServer server)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(server.Connection);
        var info = (string)(await connection.GetDatabase().ExecuteAsync("INFO", "server"))!;
        return int.Parse(info.Split("process_id:")[1].Split('\r')[0], CultureInfo.InvariantCulture);
    }

    internal override string ConnectionAt(int port) => $"127.0.0.1:{port}";

    internal override async Task<ILockStore> OpenAsync(string connection, StoreVariant variant) => await RedisLockStore.ConnectAsync(connection + Quiet);

    internal override async Task<IFloor> OpenFloorAsync(string connection, StoreVariant variant) => new RedisFloor(await ConnectionMultiplexer.ConnectAsync(connection + Quiet));
}
