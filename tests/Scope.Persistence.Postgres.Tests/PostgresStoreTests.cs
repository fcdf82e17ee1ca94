using System.Transactions;
using Npgsql;

namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>What is PostgreSQL's own: the table, transactions that are not ours, who listens, servers that won't do.</summary>
[TestFixture]
public sealed class PostgresStoreTests
{
    private string _connection = "";
    private NpgsqlDataSource _direct = null!;
    private PostgresLockStore _store = null!;
    private string _key = "";

    [SetUp]
    public async Task Connect()
    {
        _connection = await TestServer.Postgres.ConnectionAsync();
        _direct = NpgsqlDataSource.Create($"{_connection};Maximum Pool Size=20");
        _store = new PostgresLockStore(_direct);
        _key = $"postgres:{Guid.NewGuid():N}";
        await _store.EnsureSchemaAsync();
    }

    [TearDown]
    public async Task Disconnect()
    {
        if (_store is not null) await _store.DisposeAsync();
        if (_direct is not null) await _direct.DisposeAsync();
    }

    // ---- the table ----

    [Test]
    public async Task Ten_processes_may_create_the_table_at_once()
    {
        for (var round = 0; round < 5; round++)
        {
            var options = NewTable();
            var stores = Enumerable.Range(0, 10).Select(_ => new PostgresLockStore(_connection, options)).ToList();
            await Task.WhenAll(stores.Select(store => store.EnsureSchemaAsync())).Soon();
            await stores[0].EnsureSchemaAsync();
            Assert.That((await stores[1].SwapAsync(Taking("taken"), default)).Body, Is.EqualTo("taken"));
            foreach (var store in stores) await store.DisposeAsync();
            await ExecuteAsync($"DROP SCHEMA \"{options.Schema}\" CASCADE");
        }
    }

    [Test]
    public async Task The_script_creates_the_same_and_may_be_run_twice()
    {
        var options = NewTable() with { Table = "it's a \"table\"; -- x" };
        await ExecuteAsync(PostgresLockStore.CreateSchemaScript(options));
        await ExecuteAsync(PostgresLockStore.CreateSchemaScript(options));
        await using var store = new PostgresLockStore(_connection, options);
        await store.EnsureSchemaAsync();
        Assert.That((await store.SwapAsync(Taking("taken"), default)).Body, Is.EqualTo("taken"));
        await ExecuteAsync($"DROP SCHEMA \"{options.Schema}\" CASCADE");
    }

    [Test]
    public async Task Who_may_only_use_the_table_need_not_be_allowed_to_create_it()
    {
        var options = NewTable();
        await ExecuteAsync(PostgresLockStore.CreateSchemaScript(options));
        var user = $"user_{Guid.NewGuid():N}";
        await ExecuteAsync($"CREATE ROLE {user} LOGIN; GRANT USAGE ON SCHEMA \"{options.Schema}\" TO {user}; GRANT SELECT, INSERT, UPDATE, DELETE ON \"{options.Schema}\".\"{options.Table}\" TO {user}");
        await using (var store = new PostgresLockStore($"{_connection};Username={user}", options))
        {
            await store.EnsureSchemaAsync();
            Assert.That((await store.SwapAsync(Taking("taken"), default)).Body, Is.EqualTo("taken"));
            Assert.That(await store.PurgeAsync(), Is.Zero);
        }
        await ExecuteAsync($"DROP SCHEMA \"{options.Schema}\" CASCADE; DROP ROLE {user}");
    }

    [Test]
    public async Task A_missing_table_is_explained()
    {
        foreach (var options in new[] { NewTable(), new PostgresStoreOptions { Table = $"missing {Guid.NewGuid():N}" } })
        {
            await using var store = new PostgresLockStore(_connection, options);
            foreach (var call in Calls(store))
                await Assert.ThatAsync(() => call(), Throws.InvalidOperationException.With.Message.Contains(options.Table).And.Message.Contains(nameof(PostgresLockStore.EnsureSchemaAsync)));
        }
    }

    [Test]
    public async Task A_person_can_read_a_record()
    {
        await _store.SwapAsync(Taking("held by worker-7"), default);
        await using var read = _direct.CreateCommand("SELECT encode(body, 'escape') FROM gogoscope_locks WHERE encode(name, 'escape') = $1");
        read.Parameters.AddWithValue(_key);
        Assert.That(await read.ExecuteScalarAsync(), Is.EqualTo("held by worker-7"));
    }

    [Test]
    public async Task Rows_that_nobody_needs_can_be_purged_and_tokens_still_rise()
    {
        var options = NewTable();
        await using var store = new PostgresLockStore(_connection, options);
        await store.EnsureSchemaAsync();
        var held = await store.SwapAsync(Taking("held") with { Key = "held" }, default);
        var now = held.Now;
        var swaps = Enumerable.Range(0, 2_500).Select(i => Taking("taken") with { Key = $"{i}" }).ToList();
        var taken = await store.SwapManyAsync(swaps, default);
        await store.SwapManyAsync([.. swaps.Select(swap => swap with { Expected = swap.Version, Version = 2, Body = "", Draw = 0 })], default);
        await store.SwapAsync(Taking("crashed") with { Key = "crashed", KeepUntil = now }, default);
        await ExecuteAsync($"INSERT INTO \"{options.Schema}\".\"{options.Table}\" VALUES ('ahead', 'ahead', 1, {now + 3_600_000_000}, NULL, 0)");

        Assert.That(await store.PurgeAsync(), Is.Zero, "an hour is not over");
        await Task.Delay(5);
        await using (var provider = new PostgresLockProvider(_connection, options))
            Assert.That(await provider.PurgeAsync(TimeSpan.FromMilliseconds(1)), Is.EqualTo(2_501));
        Assert.That((await store.ReadAsync("held", default)).Body, Is.EqualTo("held"));
        Assert.That((await store.ReadAsync("0", default)).Version, Is.Zero);
        Assert.That((await store.SwapAsync(swaps[0], default)).Fence, Is.GreaterThan(taken[0].Fence));
        await Assert.ThatAsync(() => store.PurgeAsync(TimeSpan.Zero), Throws.InstanceOf<ArgumentOutOfRangeException>());
        await ExecuteAsync($"DROP SCHEMA \"{options.Schema}\" CASCADE");
    }

    // ---- transactions ----

    [Test]
    public async Task The_callers_transaction_has_no_part_in_it()
    {
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            // Rolled back: nobody completes it.
            await _store.SwapAsync(Taking("taken"), default);
            Assert.That(Transaction.Current, Is.Not.Null);
            await using var watching = await _store.WatchAsync("p", new NotedNews(), default);
        }
        Assert.That((await _store.ReadAsync(_key, default)).Body, Is.EqualTo("taken"));
    }

    [Test]
    public async Task Who_waits_for_a_row_that_somebody_has_locked_can_give_up()
    {
        await _store.SwapAsync(Taking("taken"), default);
        await using var somebody = await _direct.OpenConnectionAsync();
        await using var transaction = await somebody.BeginTransactionAsync();
        await using (var locking = new NpgsqlCommand("SELECT FROM gogoscope_locks WHERE encode(name, 'escape') = $1 FOR UPDATE", somebody) { Parameters = { new() { Value = _key } } })
            await locking.ExecuteNonQueryAsync();

        using var cancel = new CancellationTokenSource();
        var changing = _store.SwapAsync(Taking("changed") with { Expected = 1, Version = 2 }, cancel.Token).AsTask();
        await Waiting.Until(IsBlockedAsync, "the swap waits for the row");
        await cancel.CancelAsync();
        await Assert.ThatAsync(() => changing.Soon(), Throws.InstanceOf<OperationCanceledException>());
        await transaction.RollbackAsync();
        await Waiting.Until(async () => (await _store.ReadAsync(_key, default)).Body == "changed", "what was begun comes to its end");
    }

    /// <summary>One that looked before it waited would answer with what was there then.</summary>
    [Test]
    public async Task Who_has_waited_for_a_row_is_told_what_came_of_it()
    {
        await _store.SwapAsync(Taking("taken"), default);
        await using var somebody = await _direct.OpenConnectionAsync();
        await using var transaction = await somebody.BeginTransactionAsync();
        await using (var changing = new NpgsqlCommand("UPDATE gogoscope_locks SET version = 77, body = 'changed' WHERE encode(name, 'escape') = $1", somebody) { Parameters = { new() { Value = _key } } })
            await changing.ExecuteNonQueryAsync();
        var losing = _store.SwapAsync(Taking("lost") with { Expected = 1, Version = 2 }, default).AsTask();
        await Waiting.Until(IsBlockedAsync, "the swap waits for the row");
        await transaction.CommitAsync();
        var answer = await losing.Soon();
        Assert.That((answer.Version, answer.Body), Is.EqualTo((77L, "changed")));
    }

    /// <summary>By a trigger, as the server comes to it by chance only.</summary>
    [TestCase(PostgresErrorCodes.DeadlockDetected)]
    [TestCase(PostgresErrorCodes.SerializationFailure)]
    public async Task A_swap_that_the_server_gives_up_for_those_of_others_is_tried_again(string error)
    {
        const int Times = 3;
        var options = NewTable();
        await using var store = new PostgresLockStore(_connection, options);
        await store.EnsureSchemaAsync();
        var table = $"\"{options.Schema}\".\"{options.Table}\"";
        // What a sequence has counted stays when the transaction is rolled back.
        await ExecuteAsync(
            $"""
            CREATE SEQUENCE "{options.Schema}".given_up;
            CREATE FUNCTION "{options.Schema}".give_up() RETURNS trigger LANGUAGE plpgsql AS $$
              BEGIN
                IF nextval('"{options.Schema}".given_up') <= {Times} THEN RAISE EXCEPTION 'given up' USING ERRCODE = '{error}'; END IF;
                RETURN NEW;
              END $$;
            CREATE TRIGGER give_up BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION "{options.Schema}".give_up()
            """);
        Assert.That((await store.SwapAsync(Taking("taken"), default)).Body, Is.EqualTo("taken"));
        await ExecuteAsync($"ALTER SEQUENCE \"{options.Schema}\".given_up RESTART");
        LockSwap[] together = [Taking("changed") with { Expected = 1, Version = 2 }, Taking("other") with { Key = _key + ":other" }];
        Assert.That((await store.SwapManyAsync(together, default)).Select(answer => answer.Body), Is.EqualTo(["changed", "other"]));
        await ExecuteAsync($"DROP SCHEMA \"{options.Schema}\" CASCADE");
    }

    // ---- listening ----

    [Test]
    public async Task Listening_can_be_switched_off()
    {
        await using var store = new PostgresLockStore(_connection, new PostgresStoreOptions { Listen = false });
        Assert.That(await store.WatchAsync("p", new NotedNews(), default), Is.Null);
        Assert.That((await store.SwapAsync(Taking("taken") with { Wake = ["p"] }, default)).Body, Is.EqualTo("taken"));
    }

    [Test]
    public async Task Who_listens_may_have_connections_of_its_own()
    {
        await using var one = NpgsqlDataSource.Create($"{_connection};Maximum Pool Size=1;Application Name=the one");
        await using var listening = NpgsqlDataSource.Create($"{_connection};Maximum Pool Size=1;Application Name=who listens");
        var store = new PostgresLockStore(one, new PostgresStoreOptions { ListenDataSource = listening });
        var news = new NotedNews();
        await using (await store.WatchAsync("p", news, default))
        {
            var body = new string('b', 50_000);
            await store.SwapAsync(Taking(body) with { Wake = ["p"] }, default).Soon();
            Assert.That((await news.NextAsync()).Record?.Body, Is.EqualTo(body));
        }
        await store.DisposeAsync();
        await using var still = await listening.OpenConnectionAsync();
        await using var channels = new NpgsqlCommand("SELECT count(*) FROM pg_listening_channels()", still);
        Assert.That(await channels.ExecuteScalarAsync(), Is.Zero, "the pool got the connection back as it was");
    }

    [Test]
    public async Task Connections_that_many_commands_share_are_refused_where_somebody_would_listen_on_them()
    {
        await using var sharing = NpgsqlDataSource.Create($"{_connection};Multiplexing=true");
        foreach (var make in new Func<object>[]
        {
            () => new PostgresLockStore(sharing), () => new PostgresLockProvider(sharing), () => new PostgresLockStore(_direct, new PostgresStoreOptions { ListenDataSource = sharing }),
        })
            Assert.That(make, Throws.ArgumentException.With.Message.Contains("Multiplexing=true").And.Message.Contains(nameof(PostgresStoreOptions.ListenDataSource)));
        Assert.That(() => new PostgresLockStore(sharing, new PostgresStoreOptions { ListenDataSource = _direct }), Throws.Nothing);
    }

    /// <summary>What an exotic data source throws is as good an example as any.</summary>
    [Test]
    public async Task Who_listens_goes_on_whatever_is_thrown()
    {
        await using var sharing = NpgsqlDataSource.Create($"{_connection};Multiplexing=true;Maximum Pool Size=1");
        var news = new NotedNews();
        var watch = await PostgresWatch.StartAsync(sharing, "some_channel", news, (_, _) => throw new NotSupportedException(), default);
        await Waiting.Until(() => news.MissedCount >= 2, "it connects again and again");
        await watch.DisposeAsync();
    }

    [Test]
    public async Task The_data_source_of_the_application_is_left_open()
    {
        await _store.DisposeAsync();
        await using var connection = await _direct.OpenConnectionAsync();
    }

    [Test]
    public async Task Strange_news_on_the_channel_is_news_that_may_have_been_missed()
    {
        var news = new NotedNews();
        await using var watching = await _store.WatchAsync(_key, news, default);
        var channel = new Table(PostgresStoreOptions.Default).ChannelOf(_key);
        foreach (var strange in new[] { "", "zz", "1|2|3", "a|b|c|d|e", $"1|2|3|{Convert.ToBase64String([0xff])}|", new string('0', 64) })
        {
            var known = news.MissedCount;
            await ExecuteAsync($"NOTIFY {channel}, '{strange}'");
            await Waiting.Until(() => news.MissedCount == known + 1, $"the watcher is told of \"{strange}\"");
        }
        await _store.SwapAsync(Taking("taken") with { Wake = [_key] }, default);
        Assert.That((await news.NextAsync()).Key, Is.EqualTo(_key));
    }

    /// <summary>Each notification takes a lock that the whole server has only one of.</summary>
    [Test]
    public async Task Nobody_is_told_anything_before_somebody_waits()
    {
        await using var holder = new PostgresLockProvider(_direct);
        await using var waiter = new PostgresLockProvider(_direct);
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = holder });
        await using var others = Scope.Create(new ScopeOptions { LockProvider = waiter });
        await using var ear = await _direct.OpenConnectionAsync();
        var heard = System.Threading.Channels.Channel.CreateUnbounded<string>();
        ear.Notification += (_, news) => heard.Writer.TryWrite(news.Payload);
        var table = new Table(PostgresStoreOptions.Default);
        foreach (var one in new[] { scope, others })
        {
            await using var held = await one.AcquireLockAsync(_key);
            await using var listen = new NpgsqlCommand($"LISTEN {table.ChannelOf((await holder.InspectAsync(_key)).Holders.Single().Process!)}", ear);
            await listen.ExecuteNonQueryAsync();
        }

        for (var i = 0; i < 20; i++)
        {
            await using var alone = await scope.AcquireLockAsync($"{_key}:{i}");
            await using (await others.AcquireReadLockAsync($"{_key}:{i}:read")) await alone.RenewAsync(TimeSpan.FromMinutes(1));
            Assert.That(await others.TryAcquireLockAsync($"{_key}:{i}"), Is.Null);
        }
        var guard = await scope.AcquireLockAsync(_key);
        var waiting = others.AcquireLockAsync(_key).AsTask();
        await Waiting.Until(async () => (await holder.InspectAsync(_key)).Waiters.Count == 1, "one waits");
        await guard.DisposeAsync();
        await (await waiting.Soon()).DisposeAsync();
        await using (var look = new NpgsqlCommand("SELECT 1", ear)) await look.ExecuteNonQueryAsync();

        var first = (await heard.Reader.ReadAsync().AsTask().Soon()).Split('|');
        Assert.That(StoredText.Decode(Convert.FromBase64String(first[3])), Is.EqualTo($"lock:{_key}"));
    }

    // ---- servers ----

    [Test]
    public async Task A_read_only_database_is_named_as_what_it_is()
    {
        await using var store = new PostgresLockStore($"{_connection};Options=-c default_transaction_read_only=on");
        await Assert.ThatAsync(() => store.SwapAsync(Taking("taken"), default).AsTask(), Throws.InvalidOperationException.With.Message.Contains("read-only"));
    }

    [Test]
    public async Task A_connection_that_breaks_fails_what_is_on_its_way_and_is_made_again()
    {
        await using var server = await TestServer.Postgres.StartOwnAsync();
        await using var proxy = new CountingProxy(server.Port);
        await using var store = new PostgresLockStore(new NpgsqlConnectionStringBuilder(server.Connection) { Port = proxy.Port, MaxPoolSize = 1 }.ConnectionString);
        await store.EnsureSchemaAsync();
        var taken = await store.SwapAsync(Taking("taken"), default);
        proxy.CutAll();
        var read = await store.ReadAgainAsync<NpgsqlException>(_key);
        Assert.That(read with { Now = 0 }, Is.EqualTo(taken with { Now = 0 }));
    }

    [Test]
    public async Task Connections_that_many_commands_share_will_do()
    {
        await using var store = new PostgresLockStore($"{_connection};Multiplexing=true;Maximum Pool Size=2", new PostgresStoreOptions { Listen = false });
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => store.SwapAsync(Taking($"{i}") with { Key = $"{_key}:{i}" }, default).AsTask()));
        Assert.That(answers.Select(answer => answer.Body), Is.EqualTo(Enumerable.Range(0, 50).Select(i => $"{i}")));
    }

    // ---- options ----

    [Test]
    public void Bad_input_is_refused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => new PostgresLockStore((NpgsqlDataSource)null!), Throws.ArgumentNullException);
            Assert.That(() => new PostgresLockStore(" "), Throws.ArgumentException);
            foreach (var bad in new[] { null!, "", "a\0b", new string('x', 64), new string('鍵', 22) })
            {
                Assert.That(() => new PostgresStoreOptions { Table = bad }, Throws.InstanceOf<ArgumentException>());
                Assert.That(() => new PostgresStoreOptions { Schema = bad }, Throws.InstanceOf<ArgumentException>());
            }
            Assert.That(new PostgresStoreOptions { Table = new string('鍵', 21) }.Table, Has.Length.EqualTo(21));
        });
    }

    private Func<Task>[] Calls(PostgresLockStore store) => [() => store.ReadAsync(_key, default).AsTask(), () => store.SwapAsync(Taking("taken"), default).AsTask()];

    private async Task<bool> IsBlockedAsync()
    {
        await using var look = _direct.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%gogoscope_locks%'");
        return (long)(await look.ExecuteScalarAsync())! > 0;
    }

    private async Task ExecuteAsync(string text)
    {
        await using var command = _direct.CreateCommand(text);
        await command.ExecuteNonQueryAsync();
    }

    private static PostgresStoreOptions NewTable() => new() { Schema = $"Test {Guid.NewGuid():N}", Table = "locks" };

    private LockSwap Taking(string body) =>
        new() { Key = _key, Expected = 0, Version = 1, Body = body, Draw = 1, NotAfter = long.MaxValue, KeepUntil = 4_102_444_800_000_000 };
}
