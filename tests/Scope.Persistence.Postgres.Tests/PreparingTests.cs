using Npgsql;

namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>Statements that are prepared where the server itself answers, and what makes them useless.</summary>
[TestFixture]
public sealed class PreparingTests
{
    private readonly string _schema = $"prepared {Guid.NewGuid():N}";
    private NpgsqlDataSource _one = null!;
    private PostgresLockStore _store = null!;
    private LocalServer? _server;
    private int _version;

    [SetUp]
    public async Task Connect() => await OpenAsync(await TestServer.Postgres.ConnectionAsync(), new PostgresStoreOptions());

    [TearDown]
    public async Task Disconnect()
    {
        if (_store is not null) await _store.DisposeAsync();
        if (_one is null) return;
        await ExecuteAsync($"DROP SCHEMA IF EXISTS \"{_schema}\" CASCADE");
        await _one.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        _server = null;
    }

    [Test]
    public async Task By_default_statements_are_prepared_once_the_server_has_answered_itself()
    {
        await TakeAndReleaseAsync();
        Assert.That(await PreparedAsync(), Has.Count.EqualTo(7), "all that will be needed");
        await TakeAndReleaseAsync();
        await _store.ReadAsync("key", default);
        Assert.That(await PreparedAsync(), Has.Count.EqualTo(7), "and no more");
    }

    [Test]
    public async Task They_can_be_prepared_from_the_first_on_or_never([Values] bool prepare)
    {
        await OpenAsync(await TestServer.Postgres.ConnectionAsync(), new PostgresStoreOptions { PrepareStatements = prepare });
        await _store.ReadAsync("key", default);
        Assert.That(await PreparedAsync(), Has.Count.EqualTo(prepare ? 7 : 0));
        await TakeAndReleaseAsync();
        await TakeAndReleaseAsync();
        Assert.That(await PreparedAsync(), Has.Count.EqualTo(prepare ? 7 : 0));
    }

    [Test]
    public async Task Statements_that_the_server_has_forgotten_are_sent_as_texts_and_prepared_anew([Values("DEALLOCATE ALL", "DISCARD ALL")] string forgetting)
    {
        await TakeAndReleaseAsync();
        await ExecuteAsync(forgetting);
        Assert.That(await PreparedAsync(), Is.Empty);
        // One is sent as text, and that is all.
        await TakeAndReleaseAsync();
        Assert.That(await PreparedAsync(), Has.Count.EqualTo(7));

        await ExecuteAsync(forgetting);
        await _store.ReadAsync("key", default);
        var many = await _store.SwapManyAsync([.. Enumerable.Range(0, 300).Select(i => Swap($"many {i}", 0, "taken") with { Wake = ["p"] })], default);
        Assert.That(many.Select(answer => answer.Body), Is.All.EqualTo("taken"));
    }

    /// <summary>Names are given out in the order of preparing: one that is given out again is another statement.</summary>
    [Test]
    public async Task A_command_of_the_application_that_is_prepared_on_the_same_connection_stays_what_it_is()
    {
        await using var connection = _one.CreateConnection();
        await connection.OpenAsync();
        await using var own = new NpgsqlCommand("SELECT 'own'", connection);
        await own.PrepareAsync();
        await connection.CloseAsync();
        await TakeAndReleaseAsync();
        // Only those of the store.
        foreach (var name in await PreparedAsync()) await ExecuteAsync($"DEALLOCATE \"{name}\"");
        await TakeAndReleaseAsync();
        await TakeAndReleaseAsync();
        await connection.OpenAsync();
        Assert.That(await own.ExecuteScalarAsync(), Is.EqualTo("own"));
    }

    [Test]
    public async Task Who_discards_them_again_and_again_is_given_none_any_more()
    {
        await TakeAndReleaseAsync();
        for (var i = 0; i < 10; i++)
        {
            await ExecuteAsync("DISCARD ALL");
            await TakeAndReleaseAsync();
            await TakeAndReleaseAsync();
        }
        await ExecuteAsync("DISCARD ALL");
        await TakeAndReleaseAsync();
        await TakeAndReleaseAsync();
        Assert.That(await PreparedAsync(), Is.Empty);
    }

    [Test]
    public async Task A_table_that_is_altered_under_them_can_still_be_used()
    {
        await TakeAndReleaseAsync();
        // "cached plan must not change result type"
        await ExecuteAsync($"ALTER TABLE \"{_schema}\".gogoscope_locks ALTER fence TYPE numeric");
        await TakeAndReleaseAsync();
        await _store.ReadAsync("key", default);
        await TakeAndReleaseAsync();
        Assert.That(await PreparedAsync(), Has.Count.GreaterThanOrEqualTo(5));
    }

    [Test]
    public async Task Several_stores_on_one_connection_share_it()
    {
        await using var other = new PostgresLockStore(_one, new PostgresStoreOptions { Schema = _schema, Table = "others", Listen = false });
        await other.EnsureSchemaAsync();
        for (var i = 0; i < 3; i++)
        {
            await TakeAndReleaseAsync();
            Assert.That((await other.SwapAsync(Swap($"other {i}", 0, "taken"), default)).Body, Is.EqualTo("taken"));
        }
        Assert.That((await _store.ReadAsync("other 0", default)).Version, Is.Zero);
    }

    /// <summary>A name is of one connection: on another one it is that of another statement.</summary>
    [Test]
    public async Task Names_are_those_of_the_connection_that_is_used()
    {
        await using var two = NpgsqlDataSource.Create($"{await TestServer.Postgres.ConnectionAsync()};Maximum Pool Size=2");
        await _store.DisposeAsync();
        _store = new PostgresLockStore(two, new PostgresStoreOptions { Schema = _schema, Listen = false });
        await using var one = await two.OpenConnectionAsync();
        await using var other = await two.OpenConnectionAsync();
        // From here on the names on the one are others than on the other.
        await using var own = new NpgsqlCommand("SELECT 'own'", one);
        await own.PrepareAsync();
        await other.CloseAsync();
        for (var turn = 0; turn < 4; turn++)
        {
            await TakeAndReleaseAsync();
            await TakeAndReleaseAsync();
            Assert.That((await _store.ReadAsync("key", default)).IsFree);
            await (turn % 2 == 0 ? other : one).OpenAsync();
            await (turn % 2 == 0 ? one : other).CloseAsync();
        }
    }

    /// <summary>One call after another on whatever connection is free.</summary>
    [Test]
    public async Task Calls_side_by_side_go_over_all_connections_of_the_pool()
    {
        await using var some = NpgsqlDataSource.Create($"{_one.ConnectionString};Maximum Pool Size=3");
        var store = new PostgresLockStore(some, new PostgresStoreOptions { Schema = _schema, Listen = false });
        await Task.WhenAll(Enumerable.Range(0, 12).Select(async task =>
        {
            for (var i = 0; i < 50; i++)
            {
                var taken = await store.SwapAsync(Swap($"{task}", 0, $"taken by {task}, {i}") with { Wake = i % 3 == 0 ? ["p"] : null }, default);
                Assert.That(taken.Body, Is.EqualTo($"taken by {task}, {i}"));
                var released = await store.SwapAsync(Swap($"{task}", taken.Version, ""), default);
                Assert.That(released.IsFree);
            }
        })).Soon();
    }

    /// <summary>For a few rows the server plans to read them all.</summary>
    [Test]
    public async Task A_plan_that_was_made_when_the_table_was_small_is_made_anew()
    {
        _server = await TestServer.Postgres.StartOwnAsync("-c", "autovacuum=off", "-c", "plan_cache_mode=force_generic_plan");
        var time = new ManualTimeProvider();
        await OpenAsync(_server.Connection, new PostgresStoreOptions { TimeProvider = time });
        var table = $"\"{_schema}\".gogoscope_locks";
        await TakeAndReleaseAsync();
        await ExecuteAsync($"ANALYZE {table}");
        await TakeAndReleaseAsync();
        Assert.That(await PlanAsync(), Does.Contain("Seq Scan"));
        await ExecuteAsync($"INSERT INTO {table} SELECT sha256(i::text::bytea), i::text::bytea, 1, 1, NULL, 0 FROM generate_series(1, 5000) i");
        await TakeAndReleaseAsync();
        Assert.That(await PlanAsync(), Does.Contain("Seq Scan"), "still");

        time.Advance(Preparing.PlansLast);
        await TakeAndReleaseAsync();
        Assert.That(await PlanAsync(), Does.Contain("Index Scan").And.Not.Contain("Seq Scan"));
    }

    [Test]
    public void What_shares_connections_can_not_be_asked_to_prepare()
    {
        Assert.That(
            () => new PostgresLockStore($"{_one.ConnectionString};Multiplexing=true", new PostgresStoreOptions { Listen = false, PrepareStatements = true }),
            Throws.ArgumentException.With.Message.Contains("Multiplexing=true"));
    }

    private async Task OpenAsync(string connection, PostgresStoreOptions options)
    {
        if (_store is not null) await _store.DisposeAsync();
        if (_one is not null) await _one.DisposeAsync();
        _one = NpgsqlDataSource.Create($"{connection};Maximum Pool Size=1;Timeout=60");
        _store = new PostgresLockStore(_one, options with { Schema = _schema, Listen = false });
        await _store.EnsureSchemaAsync();
    }

    private async Task TakeAndReleaseAsync()
    {
        var taken = await _store.SwapAsync(Swap("key", 0, "taken"), default);
        Assert.That(taken.Body, Is.EqualTo("taken"));
        var released = await _store.SwapAsync(Swap("key", taken.Version, ""), default);
        Assert.That((released.Version, released.IsFree), Is.EqualTo((taken.Version + 1, true)));
    }

    /// <summary>The names of the store's statements on the one connection.</summary>
    private Task<List<string>> PreparedAsync() => QueryAsync("SELECT name FROM pg_prepared_statements WHERE statement LIKE '%gogoscope_locks%' OR statement LIKE 'DISCARD%'");

    /// <summary>The plan that the server has for what replaces a version.</summary>
    private async Task<string> PlanAsync()
    {
        var name = (await QueryAsync("SELECT name FROM pg_prepared_statements WHERE statement LIKE 'UPDATE%l.version = $9%'")).Single();
        return string.Join('\n', await QueryAsync($"EXPLAIN EXECUTE \"{name}\" ('x', 1, NULL, 0, 0, 0, 0, 0, 1)"));
    }

    private async Task<List<string>> QueryAsync(string text)
    {
        await using var query = _one.CreateCommand(text);
        await using var rows = await query.ExecuteReaderAsync();
        var all = new List<string>();
        while (await rows.ReadAsync()) all.Add(rows.GetString(0));
        return all;
    }

    private async Task ExecuteAsync(string text)
    {
        await using var command = _one.CreateCommand(text);
        await command.ExecuteNonQueryAsync();
    }

    private LockSwap Swap(string key, long expected, string body) =>
        new() { Key = key, Expected = expected, Version = Interlocked.Increment(ref _version), Body = body, Draw = body.Length == 0 ? 0 : 1, NotAfter = long.MaxValue, KeepUntil = 4_102_444_800_000_000 };
}
