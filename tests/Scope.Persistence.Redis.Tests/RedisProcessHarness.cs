using System.Globalization;
using StackExchange.Redis;

namespace GoGoScope.Persistence.Redis.Tests;

/// <summary>Redis under the contract of processes.</summary>
public sealed class RedisProcessHarness : ServerProcessHarness
{
    public override string Store => "redis";

    public override TestServer Server => TestServer.Redis;

    public override async Task<ILockStore> OpenStoreAsync(string connection) => await RedisLockStore.ConnectAsync(connection);

    public override async Task<LeasedLockProvider> OpenAsync(string connection, LeaseOptions? options = null) => await RedisLockProvider.ConnectAsync(connection, leases: options);

    // It tries to connect again when that time has passed.
    public override string InAHurry(string connection) => $"{connection},connectTimeout=1000,connectRetry=10";

    public override Type DriverError => typeof(RedisException);

    // It keeps what it is asked, for as long as it may take, for a connection that it hopes for.
    public override bool TellsThatNobodyIsThere => false;

    public override int PortOf(string connection) => int.Parse(connection.Split(',')[0].Split(':')[1], CultureInfo.InvariantCulture);

    public override string AtPort(string connection, int port) => $"127.0.0.1:{port}{string.Concat(connection.Split(',')[1..].Select(option => $",{option}"))}";

    public override string? WhyNotOneConnection => "StackExchange.Redis has one connection for all commands, and one that listens, in every test.";

    public override Task DeleteRecordAsync(string connection, string key) => AdministerAsync(connection, redis => redis.KeyDeleteAsync($"gogoscope:lock:{key}"));

    public override Task KillConnectionsAsync(string connection) => AdministerAsync(connection, async redis =>
    {
        await redis.ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        await redis.ExecuteAsync("CLIENT", "KILL", "TYPE", "pubsub");
    });

    public override Task LetForgetAsync(string connection) => AdministerAsync(connection, redis => redis.ExecuteAsync("SCRIPT", "FLUSH"));

    public override async Task<ReadOnlyServer> StartReadOnlyAsync()
    {
        var primary = await Server.StartOwnAsync();
        var replica = await Server.StartOwnAsync("--replicaof", $"127.0.0.1 {primary.Port}");
        return new ReadOnlyServer(replica.Connection, primary, replica);
    }

    private static async Task AdministerAsync(string connection, Func<IDatabase, Task> administerAsync)
    {
        using var administrator = await ConnectionMultiplexer.ConnectAsync($"{connection},allowAdmin=true");
        await administerAsync(administrator.GetDatabase());
    }
}

public sealed class RedisProcessExclusion : ProcessExclusionContract<RedisProcessHarness>;

public sealed class RedisProcessOrder : ProcessOrderContract<RedisProcessHarness>;

public sealed class RedisProcessReaders : ProcessReadersContract<RedisProcessHarness>;

public sealed class RedisProcessDeath : ProcessDeathContract<RedisProcessHarness>;

public sealed class RedisProcessSeveralLocks : ProcessSeveralLocksContract<RedisProcessHarness>;

public sealed class RedisProcessPermits : ProcessPermitsContract<RedisProcessHarness>;

public sealed class RedisProcessValues : ProcessValuesContract<RedisProcessHarness>;

public sealed class RedisLostReplies : LostReplyContract<RedisProcessHarness>;

public sealed class RedisOutages : OutageContract<RedisProcessHarness>;

public sealed class RedisNews : NewsContract<RedisProcessHarness>;

public sealed class RedisDisturbances : DisturbanceContract<RedisProcessHarness>;

public sealed class RedisCommands : CommandsContract<RedisProcessHarness>;

public sealed class RedisManyLeases : ManyLeasesContract<RedisProcessHarness>;

public sealed class ProcessContractIsComplete
{
    [Test]
    public void Every_suite_is_run()
    {
        Assert.That(ProcessCompleteness.Suites.Concat(ProcessCompleteness.ServerSuites).Count(), Is.EqualTo(13));
        Assert.That(ProcessCompleteness.MissingIn(typeof(RedisProcessHarness).Assembly), Is.Empty);
    }
}
