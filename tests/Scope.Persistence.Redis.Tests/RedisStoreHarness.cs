using System.Globalization;
using StackExchange.Redis;

namespace GoGoScope.Persistence.Redis.Tests;

/// <summary>Redis under the contract of stores.</summary>
public sealed class RedisStoreHarness : LockStoreHarness
{
    private readonly string _clientName = $"store-{Guid.NewGuid():N}";
    private LocalServer? _server;
    private ConnectionMultiplexer _connection = null!;
    private ConnectionMultiplexer _another = null!;

    public override ILockStore Store => field ??= new RedisLockStore(_connection);

    public override ILockStore AnotherProcess => field ??= new RedisLockStore(_another);

    public override async Task OpenAsync(bool ownServer)
    {
        if (ownServer) _server = await TestServer.Redis.StartOwnAsync();
        var connection = _server?.Connection ?? await TestServer.Redis.ConnectionAsync();
        _connection = await ConnectionMultiplexer.ConnectAsync($"{connection},name={_clientName}");
        _another = await ConnectionMultiplexer.ConnectAsync(connection);
    }

    public override string? WhyNot(StoreCapability capability) => capability switch
    {
        StoreCapability.UnpairedSurrogates => "Redis keeps bytes, and those of a text are its UTF-8",
        _ => null,
    };

    public override Task PlantAsync(string key, long version, long fence, string body) =>
        _another.GetDatabase().StringSetAsync($"gogoscope:{key}", string.Create(CultureInfo.InvariantCulture, $"{version:x16}{fence:d16}{body}"));

    public override async Task CutWatchingAsync()
    {
        var clients = (string)(await _another.GetDatabase().ExecuteAsync("CLIENT", "LIST", "TYPE", "pubsub"))!;
        var ids = clients.Split('\n').Where(line => line.Contains($" name={_clientName} ", StringComparison.Ordinal)).Select(line => line.Split(' ')[0]["id=".Length..]).ToList();
        Assert.That(ids, Is.Not.Empty, clients);
        foreach (var id in ids) await _another.GetDatabase().ExecuteAsync("CLIENT", "KILL", "ID", id);
    }

    public override async Task RestartAsync()
    {
        await _server!.KillAsync();
        await _server.StartAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.CloseAsync();
        if (_another is not null) await _another.CloseAsync();
        if (_server is not null) await _server.DisposeAsync();
        await base.DisposeAsync();
    }
}

public sealed class RedisSwaps : StoreSwapContract<RedisStoreHarness>;

public sealed class RedisRaces : StoreRaceContract<RedisStoreHarness>;

public sealed class RedisFences : StoreFenceContract<RedisStoreHarness>;

public sealed class RedisClock : StoreClockContract<RedisStoreHarness>;

public sealed class RedisMany : StoreManyContract<RedisStoreHarness>;

public sealed class RedisNames : StoreNamesContract<RedisStoreHarness>;

public sealed class RedisWatching : StoreWatchContract<RedisStoreHarness>;

public sealed class RedisCancellation : StoreCancellationContract<RedisStoreHarness>;

public sealed class RedisRestart : StoreRestartContract<RedisStoreHarness>;

public sealed class RedisListing : StoreListingContract<RedisStoreHarness>;

public sealed class ContractIsComplete
{
    [Test]
    public void Every_suite_is_run() => Assert.That(ContractCompleteness.MissingIn(typeof(RedisStoreHarness).Assembly), Is.Empty);
}
