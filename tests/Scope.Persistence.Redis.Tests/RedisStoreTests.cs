using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using StackExchange.Redis;

namespace GoGoScope.Persistence.Redis.Tests;

/// <summary>What is Redis's own: how a record stands there, scripts that are forgotten, servers that won't do.</summary>
[TestFixture]
public sealed class RedisStoreTests
{
    private ConnectionMultiplexer _connection = null!;
    private RedisLockStore _store = null!;
    private string _key = "";

    private IDatabase Redis => _connection.GetDatabase();

    [SetUp]
    public async Task Connect()
    {
        _connection = await ConnectionMultiplexer.ConnectAsync(await TestServer.Redis.ConnectionAsync());
        _store = new RedisLockStore(_connection);
        _key = $"redis:{Guid.NewGuid():N}";
    }

    [TearDown]
    public async Task Disconnect()
    {
        if (_store is not null) await _store.DisposeAsync();
        if (_connection is not null) await _connection.CloseAsync();
    }

    // ---- how a record is kept ----

    [Test]
    public async Task A_person_can_read_a_record()
    {
        var taken = await _store.SwapAsync(Taking("held by worker-7") with { Version = 0x1f }, default);
        Assert.That(await TextAsync(), Is.EqualTo(string.Create(CultureInfo.InvariantCulture, $"000000000000001f{taken.Fence:d16}held by worker-7")));
    }

    /// <summary>Or its next token would be lower, if the clock is set back by less than that.</summary>
    [TestCase(-2, 58)]
    [TestCase(2, 62)]
    public async Task A_released_key_leaves_its_fence_for_a_minute_after_that(int fenceAfterNow, int seconds)
    {
        var fence = await ReleasedAsync(fenceAfterNow);
        Assert.That(await TextAsync(), Is.EqualTo(string.Create(CultureInfo.InvariantCulture, $"{2:x16}{fence:d16}")));
        Assert.That(await Redis.KeyTimeToLiveAsync($"gogoscope:{_key}"), Is.GreaterThan(TimeSpan.FromSeconds(seconds - 10)).And.LessThanOrEqualTo(TimeSpan.FromSeconds(seconds + 0.1)));
    }

    [Test]
    public async Task A_key_that_was_held_for_longer_than_a_minute_leaves_nothing()
    {
        await ReleasedAsync(fenceAfterNow: -61);
        Assert.That(await Redis.KeyExistsAsync($"gogoscope:{_key}"), Is.False);
    }

    [Test]
    public async Task A_short_lease_that_nobody_released_leaves_its_fence_for_as_long()
    {
        await _store.SwapAsync(Taking("taken") with { KeepUntil = 0 }, default);
        Assert.That(await Redis.KeyTimeToLiveAsync($"gogoscope:{_key}"), Is.GreaterThan(TimeSpan.FromSeconds(50)).And.LessThanOrEqualTo(TimeSpan.FromSeconds(60.1)));
    }

    [Test]
    public async Task A_record_goes_away_when_it_is_not_needed_any_more()
    {
        var now = (await _store.ReadAsync(_key, default)).Now;
        await _store.SwapAsync(Taking("taken") with { KeepUntil = now + 60_000_000 }, default);
        Assert.That(await Redis.KeyTimeToLiveAsync($"gogoscope:{_key}"), Is.GreaterThan(TimeSpan.FromSeconds(50)).And.LessThanOrEqualTo(TimeSpan.FromSeconds(60.1)));
    }

    [Test]
    public async Task Stores_of_different_prefixes_do_not_meet()
    {
        var other = new RedisLockStore(_connection, new RedisStoreOptions { KeyPrefix = $"other:{_key}:" });
        var news = new NotedNews();
        await using var watching = await other.WatchAsync("p", news, default);
        await _store.SwapAsync(Taking("one") with { Wake = ["p"] }, default);
        var taken = await other.SwapAsync(Taking("two") with { Wake = ["p"] }, default);
        Assert.That(taken.Body, Is.EqualTo("two"));
        Assert.That((await news.NextAsync()).Record?.Body, Is.EqualTo("two"));
    }

    [Test]
    public async Task What_is_not_a_record_is_left_alone_and_named()
    {
        await Redis.StringSetAsync($"gogoscope:{_key}", "somebody else's");
        foreach (var call in new Func<Task>[] { () => _store.ReadAsync(_key, default).AsTask(), () => _store.SwapAsync(Taking("taken"), default).AsTask() })
            await Assert.ThatAsync(() => call(), Throws.TypeOf<FormatException>().With.Message.Contains("somebody else's"));
        Assert.That(await TextAsync(), Is.EqualTo("somebody else's"));
    }

    [Test]
    public async Task Strange_news_on_the_channel_is_news_that_may_have_been_missed()
    {
        var news = new NotedNews();
        await using var watching = await _store.WatchAsync(_key, news, default);
        await _connection.GetSubscriber().PublishAsync(new RedisChannel($"gogoscope:wake:{_key}", RedisChannel.PatternMode.Literal), "something else");
        await Waiting.Until(() => news.MissedCount == 1, "the watcher is told");
        await _store.SwapAsync(Taking("taken") with { Wake = [_key] }, default);
        Assert.That((await news.NextAsync()).Key, Is.EqualTo(_key));
    }

    [Test]
    public async Task A_watcher_is_told_of_each_connection_that_was_restored_whatever_is_thrown_meanwhile()
    {
        var (errors, restored) = (0, default(EventHandler<ConnectionFailedEventArgs>));
        var subscriber = Tampered.Over(_connection.GetSubscriber(), (method, _, proceed) => method.Name == nameof(ISubscriber.PublishAsync) && Interlocked.Decrement(ref errors) >= 0
            ? throw new RedisCommandException("An error that is no RedisException.") : proceed());
        var connection = Tampered.Over<IConnectionMultiplexer>(_connection, (method, arguments, proceed) =>
        {
            if (method.Name == $"add_{nameof(IConnectionMultiplexer.ConnectionRestored)}") restored += (EventHandler<ConnectionFailedEventArgs>)arguments[0]!;
            return method.Name == nameof(IConnectionMultiplexer.GetSubscriber) ? subscriber : proceed();
        });
        var news = new NotedNews();
        await using var watching = await new RedisLockStore(connection).WatchAsync(_key, news, default);
        for (var time = 1; time <= 2; time++)
        {
            if (time == 1) Volatile.Write(ref errors, 1);
            restored!(this, null!);
            await Waiting.Until(() => news.MissedCount == time, $"the watcher is told, the {time}. time");
        }
    }

    [Test]
    public async Task Who_begins_to_watch_where_nothing_is_passed_on_gives_up_and_leaves_nothing()
    {
        var (published, left) = (0, 0);
        var subscriber = Tampered.Over(_connection.GetSubscriber(), (method, _, proceed) =>
        {
            if (method.Name == nameof(ISubscriber.UnsubscribeAsync)) Interlocked.Increment(ref left);
            if (method.Name != nameof(ISubscriber.PublishAsync)) return proceed();
            Interlocked.Increment(ref published);
            return Task.FromResult(0L);
        });
        var connection = Tampered.Over<IConnectionMultiplexer>(_connection, (method, _, proceed) => method.Name == nameof(IConnectionMultiplexer.GetSubscriber) ? subscriber : proceed());
        await Assert.ThatAsync(
            () => new RedisLockStore(connection).WatchAsync(_key, new NotedNews(), default).AsTask().Soon(),
            Throws.TypeOf<TimeoutException>().With.Message.Contains("does not pass on what is published"));
        Assert.That((published, left), Is.EqualTo((5, 1)));
    }

    [Test]
    public async Task A_node_that_is_down_is_no_reason_against_the_others()
    {
        var asked = 0;
        var database = Tampered.Over(Redis, (method, arguments, proceed) =>
        {
            if (method.Name != nameof(IDatabase.ScriptEvaluateAsync) || arguments is not [string, RedisKey[] and [var key], ..] || !((string)key!).Contains("check:", StringComparison.Ordinal)) return proceed();
            Interlocked.Increment(ref asked);
            return key.ToString()[^1] switch
            {
                '0' or '3' => Task.FromException<RedisResult>(new RedisConnectionException(ConnectionFailureType.UnableToConnect, "This node is down.")),
                // The driver waits for this one.
                '7' => new TaskCompletionSource<RedisResult>().Task,
                // Of one that is down as well.
                '5' => Task.FromResult(RedisResult.Create((RedisValue)"role:slave")),
                _ => Task.FromResult(RedisResult.Create((RedisValue)"role:master")),
            };
        });
        var connection = Tampered.Over<IConnectionMultiplexer>(_connection, (method, _, proceed) => method.Name switch
        {
            nameof(IConnectionMultiplexer.GetDatabase) => database,
            nameof(IConnectionMultiplexer.GetEndPoints) => new System.Net.EndPoint[2],
            _ => proceed(),
        });
        var store = new RedisLockStore(connection);
        await store.SwapAsync(Taking("taken"), default);
        // If it is answered late, they are asked again.
        var again = store.SwapAsync(Taking("again") with { Expected = 1, Version = 2 }, default).AsTask();
        Assert.That(asked, Is.EqualTo(16), "and those that are up are not asked each time");
        await again;
    }

    // ---- listing ----

    [Test]
    public async Task Keys_of_others_are_passed_over_and_what_stands_where_locks_do_is_listed_as_no_record()
    {
        await Redis.ListRightPushAsync($"gogoscope:{_key}:list", "somebody else's");
        await _store.SwapAsync(Taking("taken") with { Key = $"{_key}:lock" }, default);
        Assert.That(await ListAsync(_store, $"{_key}:"), Is.EqualTo([$"{_key}:lock"]));
        await Redis.StringSetAsync($"gogoscope:{_key}:text", "somebody else's");
        await Redis.StringSetAsync($"gogoscope:{_key}:bytes", (byte[])[.. "00000000000000010000000000000001"u8, 0xC3]);
        await Redis.StringSetAsync((byte[])[.. Encoding.UTF8.GetBytes($"gogoscope:{_key}:"), 0xC3], "no text, no name");
        Assert.That(await ListAsync(_store, $"{_key}:"), Is.EquivalentTo([$"{_key}:lock", $"{_key}:text", $"{_key}:bytes"]));

        await using var provider = new RedisLockProvider(_connection, new RedisStoreOptions { KeyPrefix = $"gogoscope:{_key}:" });
        await Redis.StringSetAsync($"gogoscope:{_key}:lock:foreign", "somebody else's");
        var found = await provider.InspectAllAsync().SingleAsync();
        Assert.That(found, Has.Property("Key").EqualTo("foreign").And.Property("Problem").Contains("somebody else's"));
    }

    [Test]
    public async Task Locks_on_one_node_of_a_cluster_are_listed_and_those_on_many_refuse_it()
    {
        // The port of the nodes among themselves would be 10,000 higher, where there may be none.
        await using var server = await TestServer.Redis.StartOwnAsync("--cluster-enabled", "yes", "--cluster-port", $"{FreePort()}", "--cluster-announce-ip", "127.0.0.1");
        using (var admin = await ConnectionMultiplexer.ConnectAsync(server.Connection))
        {
            await admin.GetDatabase().ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
            await Waiting.Until(async () => $"{await admin.GetDatabase().ExecuteAsync("CLUSTER", "INFO")}".Contains("cluster_state:ok", StringComparison.Ordinal), "the cluster works");
        }
        await using var spread = await RedisLockStore.ConnectAsync(server.Connection);
        await spread.SwapAsync(Taking("taken"), default);
        await Assert.ThatAsync(() => ListAsync(spread, ""), Throws.TypeOf<NotSupportedException>().With.Message.Contains("{locks}:"));

        await using var together = await RedisLockStore.ConnectAsync(server.Connection, new RedisStoreOptions { KeyPrefix = "{locks}:" });
        await together.SwapAsync(Taking("taken"), default);
        Assert.That(await ListAsync(together, ""), Is.EqualTo([_key]));
    }

    private static async Task<List<string>> ListAsync(RedisLockStore store, string prefix)
    {
        var keys = new List<string>();
        await foreach (var (key, _) in store.ListAsync(prefix, default)) keys.Add(key);
        return keys;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // ---- scripts ----

    [Test]
    public async Task Scripts_that_the_server_has_forgotten_are_sent_again()
    {
        await using var server = await TestServer.Redis.StartOwnAsync();
        await using var store = await RedisLockStore.ConnectAsync(server.Connection);
        using var flusher = await ConnectionMultiplexer.ConnectAsync(server.Connection);
        var record = await store.SwapAsync(Taking("0"), default);
        for (var round = 1; round <= 20; round++)
        {
            await flusher.GetDatabase().ExecuteAsync("SCRIPT", "FLUSH");
            record = await store.SwapAsync(new LockSwap { Key = _key, Expected = record.Version, Version = round + 1, Body = $"{round}", NotAfter = long.MaxValue, KeepUntil = long.MaxValue }, default);
            Assert.That(record.Body, Is.EqualTo($"{round}"));
        }
        // While many are on their way.
        for (var round = 0; round < 10; round++)
        {
            var swaps = Enumerable.Range(0, 100).Select(i => Taking("many") with { Key = $"{_key}:{round}:{i}" }).ToList();
            var swapping = store.SwapManyAsync(swaps, default);
            await flusher.GetDatabase().ExecuteAsync("SCRIPT", "FLUSH");
            Assert.That((await swapping).Select(answer => answer.Body), Is.All.EqualTo("many"));
        }
    }

    // ---- servers ----

    [TestCase("allkeys-lru")]
    [TestCase("volatile-ttl")]
    public async Task A_server_that_evicts_is_refused_unless_that_is_accepted(string policy)
    {
        await using var server = await TestServer.Redis.StartOwnAsync("--maxmemory", "100mb", "--maxmemory-policy", policy);
        await using var store = await RedisLockStore.ConnectAsync(server.Connection);
        await Assert.ThatAsync(
            () => store.SwapAsync(Taking("taken"), default).AsTask(),
            Throws.InvalidOperationException.With.Message.Contains(policy).And.Message.Contains(nameof(RedisStoreOptions.AcceptEviction)));
        await Assert.ThatAsync(() => store.ReadAsync(_key, default).AsTask(), Throws.InvalidOperationException, "the second time, too");

        await using var accepting = await RedisLockStore.ConnectAsync(server.Connection, new RedisStoreOptions { AcceptEviction = true });
        Assert.That((await accepting.SwapAsync(Taking("taken"), default)).Body, Is.EqualTo("taken"));
    }

    [Test]
    public async Task A_server_that_comes_to_evict_is_refused_soon()
    {
        await using var server = await TestServer.Redis.StartOwnAsync("--maxmemory", "100mb", "--maxmemory-policy", "noeviction");
        var clock = new ManualTimeProvider();
        await using var store = await RedisLockStore.ConnectAsync(server.Connection, new RedisStoreOptions { TimeProvider = clock });
        await store.SwapAsync(Taking("taken"), default);
        using (var admin = await ConnectionMultiplexer.ConnectAsync(server.Connection)) await admin.GetDatabase().ExecuteAsync("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");

        clock.Advance(TimeSpan.FromSeconds(29));
        await store.ReadAsync(_key, default);
        await store.ReadAsync(_key, default);
        clock.Advance(TimeSpan.FromSeconds(1));
        // The one that finds out goes on.
        await store.ReadAsync(_key, default);
        await Waiting.Until(
            async () =>
            {
                try
                {
                    await store.ReadAsync(_key, default);
                    return false;
                }
                catch (InvalidOperationException e)
                {
                    return e.Message.Contains("allkeys-lru", StringComparison.Ordinal);
                }
            },
            "the store has looked again");
        using (var admin = await ConnectionMultiplexer.ConnectAsync(server.Connection)) await admin.GetDatabase().ExecuteAsync("CONFIG", "SET", "maxmemory-policy", "noeviction");
        Assert.That((await store.ReadAsync(_key, default)).Body, Is.EqualTo("taken"));
    }

    [Test]
    public async Task Where_memory_is_full_a_key_that_has_a_record_can_be_changed()
    {
        await using var server = await TestServer.Redis.StartOwnAsync();
        await using var store = await RedisLockStore.ConnectAsync(server.Connection);
        var taken = await store.SwapAsync(Taking("taken"), default);
        using var admin = await ConnectionMultiplexer.ConnectAsync(server.Connection);
        await admin.GetDatabase().ExecuteAsync("CONFIG", "SET", "maxmemory", "1");

        await Assert.ThatAsync(() => store.SwapAsync(Taking("new") with { Key = $"{_key}:new" }, default).AsTask(), Throws.TypeOf<RedisServerException>().With.Message.Contains("OOM"));
        var renewed = await store.SwapAsync(new LockSwap { Key = _key, Expected = 1, Version = 2, Body = "renewed", NotAfter = long.MaxValue, KeepUntil = 4_102_444_800_000_000 }, default);
        var released = await store.SwapAsync(new LockSwap { Key = _key, Expected = 2, Version = 3, Body = "", NotAfter = long.MaxValue, KeepUntil = 0 }, default);
        var again = await store.SwapAsync(new LockSwap { Key = _key, Expected = 3, Version = 4, Body = "again", Draw = 1, NotAfter = long.MaxValue, KeepUntil = 0 }, default);

        Assert.That((renewed.Body, released.Version, again.Body), Is.EqualTo(("renewed", 3L, "again")));
        Assert.That(again.Fence, Is.GreaterThan(taken.Fence));
        Assert.That(await admin.GetDatabase().KeyTimeToLiveAsync($"gogoscope:{_key}"), Is.Not.Null, "it goes away by itself");
    }

    [TestCase("--maxmemory", "100mb", "--maxmemory-policy", "noeviction")]
    [TestCase("--maxmemory", "0", "--maxmemory-policy", "allkeys-lru")]
    [TestCase("--rename-command", "INFO", "", "--maxmemory-policy", "allkeys-lru", "--maxmemory", "100mb")]
    [TestCase("--user", "default", "on", "nopass", "~*", "&*", "+@all", "-info", "-config", "--maxmemory-policy", "allkeys-lru", "--maxmemory", "100mb")]
    public async Task One_that_does_not_evict_or_does_not_tell_is_used(params string[] options)
    {
        await using var server = await TestServer.Redis.StartOwnAsync(options);
        await using var store = await RedisLockStore.ConnectAsync(server.Connection);
        Assert.That((await store.SwapAsync(Taking("taken"), default)).Body, Is.EqualTo("taken"));
    }

    [Test]
    public async Task A_server_that_could_not_answer_whether_it_evicts_is_asked_again()
    {
        await using var server = await TestServer.Redis.StartOwnAsync("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru", "--lua-time-limit", "1");
        await using var store = await RedisLockStore.ConnectAsync(server.Connection);
        using var admin = await ConnectionMultiplexer.ConnectAsync(server.Connection);
        using var other = await ConnectionMultiplexer.ConnectAsync(server.Connection);
        var endless = other.GetDatabase().ScriptEvaluateAsync("while true do end");
        await Waiting.Until(
            async () =>
            {
                try
                {
                    await admin.GetDatabase().ExecuteAsync("ECHO", "busy?");
                    return false;
                }
                catch (RedisServerException e) when (e.Message.StartsWith("BUSY", StringComparison.Ordinal))
                {
                    return true;
                }
            },
            "the server is busy with a script");
        await Assert.ThatAsync(() => store.ReadAsync(_key, default).AsTask(), Throws.TypeOf<RedisServerException>().With.Message.StartsWith("BUSY"));
        await admin.GetDatabase().ExecuteAsync("SCRIPT", "KILL");
        await Assert.ThatAsync(() => endless, Throws.InstanceOf<RedisServerException>());
        await Assert.ThatAsync(() => store.SwapAsync(Taking("taken"), default).AsTask(), Throws.InvalidOperationException.With.Message.Contains("allkeys-lru"));
    }

    [Test]
    public async Task A_read_only_replica_is_named_as_what_it_is()
    {
        await using var primary = await TestServer.Redis.StartOwnAsync();
        await using var replica = await TestServer.Redis.StartOwnAsync("--replicaof", $"127.0.0.1 {primary.Port}");
        await using var store = await RedisLockStore.ConnectAsync(replica.Connection);
        foreach (var call in new Func<Task>[] { () => store.ReadAsync(_key, default).AsTask(), () => store.SwapAsync(Taking("taken"), default).AsTask() })
            await Assert.ThatAsync(() => call(), Throws.InvalidOperationException.With.Message.Contains("read-only replica").And.Message.Contains($"{replica.Port}"));
    }

    [Test]
    public async Task A_primary_that_becomes_a_replica_is_named_as_what_it_is()
    {
        await using var primary = await TestServer.Redis.StartOwnAsync();
        await using var store = await RedisLockStore.ConnectAsync(primary.Connection);
        await store.SwapAsync(Taking("taken"), default);
        // As of now it follows a server that it never reaches.
        using (var admin = await ConnectionMultiplexer.ConnectAsync(primary.Connection)) await admin.GetDatabase().ExecuteAsync("REPLICAOF", "127.0.0.1", "1");
        await Assert.ThatAsync(
            () => store.SwapAsync(Taking("late") with { Expected = 1, Version = 2 }, default).AsTask(),
            Throws.InvalidOperationException.With.Message.Contains("read-only replica"));
    }

    [Test]
    public async Task A_cluster_will_do()
    {
        await using var server = await TestServer.Redis.StartOwnAsync("--cluster-enabled", "yes");
        using (var admin = await ConnectionMultiplexer.ConnectAsync($"{server.Connection},allowAdmin=true"))
            await admin.GetDatabase().ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        await using var store = await RedisLockStore.ConnectAsync(server.Connection);
        await Waiting.Until(
            async () =>
            {
                try
                {
                    await store.ReadAsync(_key, default);
                    return true;
                }
                catch (RedisException)
                {
                    // CLUSTERDOWN, for a moment
                    return false;
                }
            },
            "the cluster is up");
        var news = new NotedNews();
        await using var watching = await store.WatchAsync("p", news, default);
        var swaps = Enumerable.Range(0, 100).Select(i => Taking("many") with { Key = $"{_key}:{i}", Wake = ["p"] }).ToList();
        Assert.That((await store.SwapManyAsync(swaps, default)).Select(answer => answer.Body), Is.All.EqualTo("many"));
        var woken = new List<string>();
        for (var i = 0; i < swaps.Count; i++) woken.Add((await news.NextAsync()).Key);
        Assert.That(woken, Is.EquivalentTo(swaps.Select(swap => swap.Key)));
    }

    [Test]
    public async Task A_connection_that_breaks_fails_what_is_on_its_way_and_is_made_again()
    {
        await using var server = await TestServer.Redis.StartOwnAsync();
        await using var proxy = new CountingProxy(server.Port);
        await using var store = await RedisLockStore.ConnectAsync($"127.0.0.1:{proxy.Port}");
        var taken = await store.SwapAsync(Taking("taken"), default);
        proxy.CutAll();
        // Mostly a RedisException, but the driver may also say that its pipe was completed.
        var read = await store.ReadAgainAsync<Exception>(_key);
        Assert.That(read with { Now = 0 }, Is.EqualTo(taken with { Now = 0 }));
    }

    // ---- whose connection it is ----

    [Test]
    public async Task The_connection_of_the_application_is_left_open_and_the_stores_own_is_closed()
    {
        await _store.DisposeAsync();
        Assert.That(_connection.IsConnected);
        var own = await RedisLockStore.ConnectAsync(await TestServer.Redis.ConnectionAsync());
        await own.ReadAsync(_key, default);
        await own.DisposeAsync();
        await Assert.ThatAsync(() => own.ReadAsync(_key, default).AsTask(), Throws.Exception);
    }

    [Test]
    public void Bad_input_is_refused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => new RedisLockStore(null!), Throws.ArgumentNullException);
            Assert.That(() => new RedisStoreOptions { KeyPrefix = null! }, Throws.ArgumentNullException);
            Assert.That(() => RedisLockStore.ConnectAsync(" "), Throws.ArgumentException);
            Assert.That(() => new RedisLockStore(_connection, new RedisStoreOptions { KeyPrefix = "\ud83d" }), Throws.ArgumentException);
        });
    }

    /// <summary>Takes the key, so many seconds ago, and releases it; returns its fence.</summary>
    private async Task<long> ReleasedAsync(int fenceAfterNow)
    {
        var fence = (await _store.ReadAsync(_key, default)).Now + (fenceAfterNow * 1_000_000L);
        await Redis.StringSetAsync($"gogoscope:{_key}", string.Create(CultureInfo.InvariantCulture, $"{1:x16}{fence:d16}taken"));
        var released = await _store.SwapAsync(new LockSwap { Key = _key, Expected = 1, Version = 2, Body = "", NotAfter = long.MaxValue, KeepUntil = 0 }, default);
        Assert.That((released.Version, released.Fence), Is.EqualTo((2L, fence)));
        return fence;
    }

    private async Task<string?> TextAsync() => await Redis.StringGetAsync($"gogoscope:{_key}");

    private LockSwap Taking(string body) =>
        new() { Key = _key, Expected = 0, Version = 1, Body = body, Draw = 1, NotAfter = long.MaxValue, KeepUntil = 4_102_444_800_000_000 };
}
