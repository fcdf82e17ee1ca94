using System.Transactions;
using Npgsql;

namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>What administrators set for a user or a database, and how names may be.</summary>
[TestFixture]
public sealed class SettingsTests
{
    private string _connection = "";

    [SetUp]
    public async Task Connect() => _connection = await TestServer.Postgres.ConnectionAsync();

    [Test]
    public async Task A_wait_goes_on_where_statements_and_idle_sessions_are_cut_off(
        [Values("statement_timeout=200", "lock_timeout=50", "idle_in_transaction_session_timeout=50", "synchronous_commit=off", "search_path=nowhere", "row_security=off",
            "standard_conforming_strings=off", "bytea_output=escape", "extra_float_digits=-15", "DateStyle=German", "IntervalStyle=sql_standard", "idle_session_timeout=300",
            "default_transaction_deferrable=on", "client_encoding=LATIN1", "jit_above_cost=0")] string setting)
    {
        var settings = $"{_connection};Options=-c {setting}";
        await using var here = new PostgresLockProvider(settings);
        await using var there = new PostgresLockProvider(settings, leases: new LeaseOptions { SafetyPoll = TimeSpan.FromMinutes(10) });
        await using (var creating = new PostgresLockProvider(_connection)) await creating.EnsureSchemaAsync();
        await HandOverAsync(here, there, $"settings:é☃:{Guid.NewGuid():N}");
        await HandOverAsync(here, there, $"settings:{new string('x', 9_000)}{Guid.NewGuid():N}");
    }

    [TestCase(0, 30)]
    [TestCase(7, 7)]
    public async Task No_command_of_who_has_given_up_keeps_its_connection_for_ever(int timeout, int expected)
    {
        await using var connection = new NpgsqlConnection($"{_connection};Command Timeout={timeout}");
        await using var command = Commands.New(connection, "SELECT 1");
        Assert.That(command.CommandTimeout, Is.EqualTo(expected));
        await using var batch = Commands.NewBatch(connection);
        Assert.That(batch.Timeout, Is.EqualTo(expected));
        await using var session = new Session(connection, new Table(new PostgresStoreOptions()), new Preparing(wish: false, TimeProvider.System));
        Assert.That(session.NewBatch().Timeout, Is.EqualTo(expected));
        // To prepare may take as long as the connection says, and the driver sees to that.
        var hasEnd = false;
        await Commands.PrepareAsync(connection, end => Task.FromResult(hasEnd = end.CanBeCanceled), default);
        Assert.That(hasEnd, Is.EqualTo(timeout == 0));
    }

    [Test]
    public async Task Any_name_of_schema_and_table_will_do(
        [Values("\"", "'", "\\", "a.b", "{0}", "$1", "--", "%s;DROP TABLE x", "É☃", "select", " ")] string name, [Values] PostgresDurability durability)
    {
        var options = new PostgresStoreOptions { Schema = $"s {name}", Table = $"{name}{durability}", Durability = durability };
        await using var here = new PostgresLockProvider(_connection, options);
        await using var there = new PostgresLockProvider(_connection, options, new LeaseOptions { SafetyPoll = TimeSpan.FromMinutes(10) });
        await here.EnsureSchemaAsync();
        await there.EnsureSchemaAsync();
        await HandOverAsync(here, there, "key", TimeSpan.FromMinutes(4));
    }

    [Test]
    public async Task News_of_any_length_arrive([Values(5_000, 5_650, 5_699, 5_700, 5_701, 7_000, 8_000)] int length)
    {
        await using var source = NpgsqlDataSource.Create(_connection);
        var store = new PostgresLockStore(source);
        await store.EnsureSchemaAsync();
        for (var more = 0; more < 12; more++)
        {
            var news = new NotedNews();
            var process = $"p{Guid.NewGuid():N}";
            await using var watching = await store.WatchAsync(process, news, default);
            var key = $"settings:{Guid.NewGuid():N}";
            var body = new string('b', length - key.Length + more);
            await store.SwapAsync(new LockSwap { Key = key, Expected = 0, Version = long.MaxValue, Body = body, NotAfter = long.MaxValue, KeepUntil = long.MaxValue, Draw = 1, Wake = [process] }, default);
            Assert.That((await news.NextAsync()).Record?.Body.Length ?? body.Length, Is.EqualTo(body.Length));
        }
    }

    [Test]
    public async Task A_user_who_may_only_read_hears_so([Values] bool waits)
    {
        await using var here = new PostgresLockProvider(_connection);
        await here.EnsureSchemaAsync();
        await using var readOnly = new PostgresLockProvider($"{_connection};Options=-c default_transaction_read_only=on", leases: new LeaseOptions { StoreTimeout = TimeSpan.FromSeconds(0.3) });
        var options = new LockOptions { Key = $"settings:{Guid.NewGuid():N}", Provider = readOnly };
        await Waiting.Until(async () => (await FailureAsync()).Message.Contains("read-only", StringComparison.Ordinal), "it is said why");

        async Task<LockProviderException> FailureAsync() => (await Assert.CatchAsync<LockProviderException>(async () =>
        {
            if (waits) await new Lock(CancellationToken.None, options).AcquireAsync().Soon();
            else await new Lock(CancellationToken.None, options).TryAcquireAsync().Soon();
        }))!;
    }

    [Test]
    public async Task A_lease_longer_than_is_allowed_is_refused_and_those_of_other_keys_are_renewed()
    {
        var options = new PostgresStoreOptions { Table = $"fast {Guid.NewGuid():N}", Durability = PostgresDurability.Fast, LongestTimeToLive = TimeSpan.FromMinutes(1) };
        await using var here = new PostgresLockProvider(_connection, options, new LeaseOptions { StoreTimeout = TimeSpan.FromSeconds(2) });
        await here.EnsureSchemaAsync();
        var fine = Enumerable.Range(0, 20).Select(i => new Lock(CancellationToken.None, new LockOptions { Key = $"fine {i}", Provider = here, TimeToLive = TimeSpan.FromSeconds(5) })).ToList();
        var guards = new List<LockGuard>();
        // Two seconds may be little for a busy machine.
        foreach (var @lock in fine) guards.Add(await Again.AcquireAsync(@lock));
        var odd = await Again.AcquireAsync(new Lock(CancellationToken.None, new LockOptions { Key = "odd", Provider = here, TimeToLive = options.LongestTimeToLive, AutoRenew = false }));
        var first = await EndsAsync();
        await Waiting.Until(
            async () => (await Assert.CatchAsync<LockProviderException>(async () => await odd.RenewAsync(TimeSpan.FromHours(1))))!.Message.Contains("the longest that is allowed", StringComparison.Ordinal),
            "it is said why");
        Assert.That(odd.IsHeld);
        await Waiting.Until(async () => (await EndsAsync()).Min() > first.Max(), "all others are renewed");
        Assert.That(guards.TrueForAll(guard => guard.IsHeld));
        foreach (var guard in guards) await guard.DisposeAsync();
        await odd.DisposeAsync();

        async Task<List<DateTimeOffset?>> EndsAsync()
        {
            var ends = new List<DateTimeOffset?>();
            await foreach (var key in here.InspectAllAsync("fine")) ends.Add(key.Holders.Single().ExpiresAt);
            return ends;
        }
    }

    [Test]
    public async Task A_transaction_that_is_rolled_back_or_broken_around_a_wait_changes_nothing()
    {
        await using var here = new PostgresLockProvider(_connection);
        await using var there = new PostgresLockProvider(_connection);
        await here.EnsureSchemaAsync();
        using (new TransactionScope(TransactionScopeOption.RequiresNew, TimeSpan.FromMilliseconds(50), TransactionScopeAsyncFlowOption.Enabled))
        {
            await Waiting.Until(() => Transaction.Current!.TransactionInformation.Status == TransactionStatus.Aborted, "it has timed out");
            await HandOverAsync(here, there, $"settings:{Guid.NewGuid():N}");
        }
        await HandOverAsync(here, there, $"settings:{Guid.NewGuid():N}");
    }

    private static async Task HandOverAsync(PostgresLockProvider here, PostgresLockProvider there, string key, TimeSpan? timeToLive = null)
    {
        var options = new LockOptions { Key = key, TimeToLive = timeToLive ?? TimeSpan.FromMinutes(10) };
        var held = await new Lock(CancellationToken.None, options with { Provider = here }).AcquireAsync();
        var waiting = new Lock(CancellationToken.None, options with { Provider = there }).AcquireAsync().AsTask();
        await Waiting.Until(() => there.Snapshot().Any(known => known.Key == key && known.Waiters.Count == 1), "it waits");
        await held.DisposeAsync();
        await using var got = await waiting.Soon();
    }
}
