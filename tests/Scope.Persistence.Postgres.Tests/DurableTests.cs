using Npgsql;

namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>
/// What is answered is on disk, on a server that is set not to wait for that (<c>synchronous_commit=off</c>), and writes by itself only
/// every 10 s.
/// </summary>
[TestFixture]
public sealed class DurableTests
{
    private LocalServer _server = null!;
    private NpgsqlDataSource _direct = null!;
    private int _version;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await TestServer.Postgres.StartOwnAsync("-c", "synchronous_commit=off", "-c", "wal_writer_delay=10s", "-c", "autovacuum=off");
        _direct = NpgsqlDataSource.Create(_server.Connection);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_direct is not null) await _direct.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    [Test]
    public async Task A_crash_right_after_the_answer_takes_nothing_back()
    {
        await using var store = new PostgresLockStore(_server.Connection);
        await store.EnsureSchemaAsync();
        var taken = await store.SwapAsync(Swap("crash", 0, "taken"), default);
        await _server.KillAsync();
        await _server.StartAsync();
        _direct.Clear();
        var read = await store.ReadAgainAsync<NpgsqlException>("crash");
        Assert.That(read with { Now = 0 }, Is.EqualTo(taken with { Now = 0 }));
    }

    [Test]
    public async Task Whatever_is_answered_is_on_disk([Values] bool prepare)
    {
        await using var store = new PostgresLockStore(_server.Connection, new PostgresStoreOptions { PrepareStatements = prepare });
        await EachIsOnDiskAsync(store, $"prepared {prepare}");
    }

    [Test]
    public async Task Also_behind_a_pooler()
    {
        await using var pooler = await TestServer.StartPoolerAsync(_server);
        await using var store = new PostgresLockStore(pooler.Connection, new PostgresStoreOptions { Listen = false });
        await EachIsOnDiskAsync(store, "pooled");
    }

    [Test]
    public async Task The_session_stays_as_it_was_set()
    {
        await using var one = NpgsqlDataSource.Create($"{_server.Connection};Maximum Pool Size=1;No Reset On Close=true");
        var store = new PostgresLockStore(one, new PostgresStoreOptions { Listen = false });
        await store.EnsureSchemaAsync();
        await store.SwapManyAsync([Swap("session 1", 0, "taken"), Swap("session 2", 0, "taken")], default);
        Assert.That(await ScalarAsync(one, "SHOW synchronous_commit"), Is.EqualTo("off"));
        Assert.That(await ScalarAsync(one, "SHOW lock_timeout"), Is.EqualTo("0"));
    }

    private async Task EachIsOnDiskAsync(PostgresLockStore store, string key)
    {
        await store.EnsureSchemaAsync();
        var taken = await OnDiskAsync("new", () => store.SwapAsync(Swap(key, 0, "taken"), default));
        var handed = await OnDiskAsync("handed over", () => store.SwapAsync(Swap(key, taken.Version, "handed over") with { Wake = ["p"] }, default));
        await OnDiskAsync("released", () => store.SwapAsync(Swap(key, handed.Version, ""), default));
        await OnDiskAsync("taken again", () => store.SwapAsync(Swap(key, 0, "again"), default));
        await OnDiskAsync("many", async () => (await store.SwapManyAsync([.. Enumerable.Range(0, 3).Select(i => Swap($"{key} {i}", 0, "taken"))], default))[0]);
    }

    /// <summary>What the swap has written begins where the log ended before; on disk, the log goes further.</summary>
    private async Task<StoredRecord> OnDiskAsync(string what, Func<ValueTask<StoredRecord>> swap)
    {
        var (before, version) = ((string)(await ScalarAsync(_direct, "SELECT pg_current_wal_insert_lsn()::text"))!, _version);
        var answer = await swap();
        Assert.That(answer.Version, Is.GreaterThan(version), $"{what}: it has succeeded");
        Assert.That(await ScalarAsync(_direct, $"SELECT pg_current_wal_flush_lsn() > '{before}'"), Is.True, what);
        return answer;
    }

    private static async Task<object?> ScalarAsync(NpgsqlDataSource source, string text)
    {
        await using var command = source.CreateCommand(text);
        return await command.ExecuteScalarAsync();
    }

    private LockSwap Swap(string key, long expected, string body) =>
        new() { Key = key, Expected = expected, Version = ++_version, Body = body, Draw = body.Length == 0 ? 0 : 1, NotAfter = long.MaxValue, KeepUntil = 4_102_444_800_000_000 };
}
