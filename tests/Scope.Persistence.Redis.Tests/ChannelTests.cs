using StackExchange.Redis;

namespace GoGoScope.Persistence.Redis.Tests;

/// <summary>What the application has set on its connection, and a server, may change the names of channels, or forbid them.</summary>
[TestFixture]
public sealed class ChannelTests
{
    private LocalServer _server = null!;

    [OneTimeSetUp]
    public async Task Start() => _server = await TestServer.Redis.StartOwnAsync();

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    [Test]
    public async Task A_connection_whose_channels_have_a_prefix_is_refused_for_news_would_not_arrive()
    {
        var configuration = $"{_server.Connection},channelPrefix=shop:";
        using var given = await ConnectionMultiplexer.ConnectAsync(configuration);
        Assert.That(() => new RedisLockProvider(given), Throws.ArgumentException.With.Message.Contains("channelPrefix=shop:"));
        await Assert.ThatAsync(() => RedisLockProvider.ConnectAsync(configuration), Throws.ArgumentException.With.Message.Contains("channelPrefix=shop:"));
    }

    [Test]
    public async Task A_connection_whose_password_cannot_be_read_back_will_do()
    {
        var options = ConfigurationOptions.Parse(_server.Connection);
        (options.Password, options.AbortOnConnectFail) = ("p,4ss=w,port=x", false);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        Assert.That(() => new RedisLockStore(connection), Throws.Nothing);
    }

    [Test]
    public async Task Any_prefix_of_keys_will_do([Values("", "{}", "{locks}:", "{", "}{", "a b\n\0*?[x]", "é☃:")] string prefix)
    {
        var options = new RedisStoreOptions { KeyPrefix = prefix };
        await using var here = await RedisLockProvider.ConnectAsync(_server.Connection, options, Patient);
        await using var there = await RedisLockProvider.ConnectAsync(_server.Connection, options, Patient);
        await HandOverAsync(here, there);
    }

    [Test]
    public async Task A_server_that_is_emptied_loses_the_leases_and_no_more()
    {
        using var admin = await ConnectionMultiplexer.ConnectAsync($"{_server.Connection},allowAdmin=true");
        await using var here = await RedisLockProvider.ConnectAsync(_server.Connection, leases: Patient);
        await using var there = await RedisLockProvider.ConnectAsync(_server.Connection, leases: Patient);
        var key = $"channel:{Guid.NewGuid():N}";
        var options = new LockOptions { Key = key, TimeToLive = TimeSpan.FromSeconds(1.5) };
        var first = await new Lock(CancellationToken.None, options with { Provider = here }).AcquireAsync();
        var waiting = new Lock(CancellationToken.None, options with { Provider = there, TimeToLive = TimeSpan.FromMinutes(10) }).AcquireAsync().AsTask();
        await Waiting.Until(() => waiting.IsCompleted || there.Snapshot().Any(known => known.Key == key && known.Waiters.Count == 1), "it waits");
        await admin.GetServer(admin.GetEndPoints()[0]).FlushAllDatabasesAsync();

        var second = await waiting.Soon();
        Assert.That(second.FencingToken, Is.GreaterThan(first.FencingToken));
        await Waiting.Until(() => first.LostToken.IsCancellationRequested || !first.IsHeld, "it is lost");
        await first.DisposeAsync();
        Assert.That(second.IsHeld);
        await second.DisposeAsync();
    }

#if !WITHOUT_STACKEXCHANGE_REDIS // whose stand-in knows no users
    /// <summary>A new user has no channels, since Redis 7.</summary>
    [Test]
    public async Task A_user_who_has_the_rights_that_the_docs_ask_for_can_do_everything()
    {
        string[] refusedToTheDriver = ["__Booksleeve_MasterChanged", "__Booksleeve_TieBreak", "client|id", "client|setinfo", "client|setname", "cluster|nodes", "config|get"];
        using var admin = await ConnectionMultiplexer.ConnectAsync(_server.Connection);
        var server = admin.GetServer(admin.GetEndPoints()[0]);
        if (server.Version < new Version(6, 2)) Assert.Ignore($"Redis {server.Version} has no users with rights to channels");
        var command = (await DocumentedUserAsync()).Split(' ');
        await server.ExecuteAsync(command[0], command[1..]);

        var configuration = $"{_server.Connection},user={command[2]},password={command.Single(static word => word[0] == '>')[1..]}";
        await using (var here = await RedisLockProvider.ConnectAsync(configuration, leases: Patient))
        await using (var there = await RedisLockProvider.ConnectAsync(configuration, leases: Patient))
        {
            await using (await new Lock(CancellationToken.None, new LockOptions { Key = "uncontended", Provider = here }).AcquireAsync().Soon())
                Assert.That(await here.InspectAllAsync("uncontended").Select(static one => one.Key).ToListAsync(), Is.EqualTo(["uncontended"]));
            await HandOverAsync(here, there);
        }
        var refused = (RedisResult[])(await server.ExecuteAsync("ACL", "LOG"))!;
        Assert.That(refused.Select(static entry => (string)entry.ToDictionary()["object"]!), Is.SubsetOf(refusedToTheDriver));
    }

    /// <summary>The line of docs/providers/redis.md that makes one.</summary>
    private static async Task<string> DocumentedUserAsync()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "GoGoScope.sln"))) folder = Path.GetDirectoryName(folder)!;
        var lines = await File.ReadAllLinesAsync(Path.Combine(folder, "docs", "providers", "redis.md"));
        return lines.Single(static line => line.StartsWith("ACL SETUSER ", StringComparison.Ordinal));
    }
#endif

    private static LeaseOptions Patient => new() { SafetyPoll = TimeSpan.FromMinutes(10) };

    private static async Task HandOverAsync(RedisLockProvider here, RedisLockProvider there)
    {
        var key = $"channel:{Guid.NewGuid():N}";
        var options = new LockOptions { Key = key, TimeToLive = TimeSpan.FromMinutes(10) };
        var held = await new Lock(CancellationToken.None, options with { Provider = here }).AcquireAsync();
        var waiting = new Lock(CancellationToken.None, options with { Provider = there }).AcquireAsync().AsTask();
        await Waiting.Until(() => there.Snapshot().Any(known => known.Key == key && known.Waiters.Count == 1), "it waits");
        await held.DisposeAsync();
        await using var got = await waiting.Soon();
    }
}
