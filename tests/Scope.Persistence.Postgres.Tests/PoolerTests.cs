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
