using Npgsql;

namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>Behind a pooler that gives each transaction whatever connection is free: two of them, for all.</summary>
[TestFixture(PostgresDurability.Durable)]
[TestFixture(PostgresDurability.Fast)]
public sealed class PoolerTests(PostgresDurability durability)
{
    private LocalServer _server = null!;
    private LocalServer _pooler = null!;

    private PostgresStoreOptions Options => new() { Durability = durability, Table = $"pooled_{durability}" };

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await TestServer.Postgres.StartOwnAsync();
        _pooler = await TestServer.StartPoolerAsync(_server);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_pooler is not null) await _pooler.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    [Test]
    public async Task Locks_exclude_and_pass_on_without_listening() => await ExcludesAsync(Options with { Listen = false });

    [Test]
    public async Task Who_listens_past_the_pooler_is_told()
    {
        await using var past = NpgsqlDataSource.Create(_server.Connection);
        // Nobody would look before the test has failed.
        await ExcludesAsync(Options with { ListenDataSource = past }, new LeaseOptions { SafetyPoll = TimeSpan.FromHours(1) });
    }

    [Test]
    public async Task A_transaction_of_the_application_that_asserts_a_guard_goes_through_the_pooler()
    {
        await using var pooled = NpgsqlDataSource.Create(_pooler.Connection);
        await using var provider = new PostgresLockProvider(pooled, Options with { Listen = false });
        await provider.EnsureSchemaAsync();
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
        await using var guard = await scope.AcquireLockAsync("asserted");
        await using var connection = await pooled.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await provider.AssertHeldAsync(transaction, guard);
        await transaction.CommitAsync();
    }

    [Test]
    public async Task A_swap_that_waits_for_a_row_ends_in_time_and_leaves_no_setting_behind()
    {
        await using var pooled = NpgsqlDataSource.Create($"{_pooler.Connection};Command Timeout=600");
        await using var direct = NpgsqlDataSource.Create(_server.Connection);
        var store = new PostgresLockStore(pooled, Options with { Listen = false });
        await store.EnsureSchemaAsync();
        var swap = new LockSwap { Key = "kept", Expected = 0, Version = 1, Body = "taken", Draw = 1, NotAfter = long.MaxValue, KeepUntil = 0 };
        var taken = await store.SwapAsync(swap, default);
        await using (var somebody = await direct.OpenConnectionAsync())
        await using (await somebody.BeginTransactionAsync())
        {
            await using var keep = new NpgsqlCommand($"SELECT FROM \"{Options.Table}\" WHERE encode(name, 'escape') = 'kept' FOR SHARE", somebody);
            await keep.ExecuteNonQueryAsync();
            var late = store.SwapAsync(swap with { Expected = 1, Version = 2, NotAfter = taken.Now + 200_000 }, default).AsTask();
            await Task.WhenAny(late).Soon();
            // On a machine that was slow it did not even begin to wait.
            await ((Task)late).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Assert.That((await store.ReadAsync("kept", default)).Now, Is.GreaterThanOrEqualTo(taken.Now + 200_000));
        }
        Assert.That((await store.SwapAsync(swap with { Expected = 1, Version = 3 }, default)).Version, Is.EqualTo(3));
        await using var look = pooled.CreateCommand("SHOW lock_timeout");
        Assert.That(await look.ExecuteScalarAsync(), Is.EqualTo("0"));
    }

    private async Task ExcludesAsync(PostgresStoreOptions options, LeaseOptions? leases = null)
    {
        await using var pooled = NpgsqlDataSource.Create(_pooler.Connection);
        await using var one = new PostgresLockProvider(pooled, options, leases);
        await using var another = new PostgresLockProvider(pooled, options, leases);
        await one.EnsureSchemaAsync();
        var (inside, count) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => InsideAsync(i % 2 == 0 ? one : another))).Soon();
        Assert.That(count, Is.EqualTo(40));
        Assert.That(await PreparedBehindAsync(pooled), Is.Zero, "statements that are prepared behind the pooler");

        async Task InsideAsync(PostgresLockProvider provider)
        {
            await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
            await using var guard = await scope.AcquireLockAsync("pooled");
            Assert.That(Interlocked.Increment(ref inside), Is.EqualTo(1));
            await Task.Yield();
            count++;
            Interlocked.Decrement(ref inside);
        }
    }

    /// <summary>On both connections that the pooler has, or one if it never needed another.</summary>
    private static async Task<long> PreparedBehindAsync(NpgsqlDataSource pooled)
    {
        await using var one = await pooled.OpenConnectionAsync();
        await using var another = await pooled.OpenConnectionAsync();
        await using var begun = await one.BeginTransactionAsync();
        await using var besides = await another.BeginTransactionAsync();
        return await CountAsync(one) + await CountAsync(another);

        static async Task<long> CountAsync(NpgsqlConnection connection)
        {
            await using var count = new NpgsqlCommand("SELECT count(*) FROM pg_prepared_statements", connection);
            return (long)(await count.ExecuteScalarAsync())!;
        }
    }
}
