using System.Transactions;
using Npgsql;

namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>What a provider takes from the application, shares with others, and gives back: data sources, connections, transactions.</summary>
[TestFixture]
public sealed class SharingTests
{
    private readonly string _name = $"sharing {Guid.NewGuid():N}";
    private string _connection = "";
    private NpgsqlDataSource _direct = null!;
    private string _key = "";

    [SetUp]
    public async Task Connect()
    {
        _connection = await TestServer.Postgres.ConnectionAsync();
        _direct = NpgsqlDataSource.Create(_connection);
        _key = $"sharing:{Guid.NewGuid():N}";
        await using var provider = new PostgresLockProvider(_direct);
        await provider.EnsureSchemaAsync();
    }

    [TearDown]
    public async Task Disconnect()
    {
        if (_direct is not null) await _direct.DisposeAsync();
    }

    [Test]
    public async Task What_a_provider_was_given_is_left_open_and_its_listeners_go_back()
    {
        await using var given = NpgsqlDataSource.Create($"{_connection};Application Name={_name};Maximum Pool Size=5");
        await using var listening = NpgsqlDataSource.Create($"{_connection};Application Name={_name};Maximum Pool Size=1");
        var provider = new PostgresLockProvider(given, new PostgresStoreOptions { ListenDataSource = listening });
        await WaitAndGetAsync(provider);
        await provider.DisposeAsync();

        await using var connection = await given.OpenConnectionAsync();
        // Its one connection is free again, and listens to nothing.
        await using var listener = await listening.OpenConnectionAsync();
        await using var channels = new NpgsqlCommand("SELECT count(*) FROM pg_listening_channels()", listener);
        Assert.That(await channels.ExecuteScalarAsync(), Is.Zero);
    }

    [Test]
    public async Task What_a_provider_has_made_it_closes()
    {
        var provider = new PostgresLockProvider($"{_connection};Application Name={_name}");
        await WaitAndGetAsync(provider);
        Assert.That(await ConnectionsAsync(), Is.GreaterThanOrEqualTo(2), "one that listens, and others");
        await provider.DisposeAsync();
        await Waiting.Until(async () => await ConnectionsAsync() == 0, "all of its connections are closed");
    }

    [Test]
    public async Task Two_providers_may_share_a_data_source_and_one_may_end()
    {
        await using var shared = NpgsqlDataSource.Create($"{_connection};Maximum Pool Size=10");
        var one = new PostgresLockProvider(shared);
        await using var another = new PostgresLockProvider(shared);
        await WaitAndGetAsync(one, another);
        await one.DisposeAsync();
        await WaitAndGetAsync(another);
    }

    [Test]
    public async Task A_pool_of_one_connection_is_enough_beside_one_that_listens([Values] bool given)
    {
        await using var single = NpgsqlDataSource.Create($"{_connection};Maximum Pool Size=1");
        await using var listening = NpgsqlDataSource.Create($"{_connection};Maximum Pool Size=1");
        await using var provider = given
            ? new PostgresLockProvider(single, new PostgresStoreOptions { ListenDataSource = listening })
            : new PostgresLockProvider($"{_connection};Maximum Pool Size=1");
        await WaitAndGetAsync(provider);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => WaitAndGetAsync(provider, $"{_key}:{i}"))).Soon();
    }

    [Test]
    public async Task One_connection_that_would_listen_as_well_is_refused_at_once()
    {
        await using var single = NpgsqlDataSource.Create($"{_connection};Maximum Pool Size=1");
        Assert.That(() => new PostgresLockProvider(single), Throws.ArgumentException.With.Message.Contains(nameof(PostgresStoreOptions.ListenDataSource)));
        Assert.That(() => new PostgresLockProvider(_direct, new PostgresStoreOptions { ListenDataSource = _direct }), Throws.Nothing);
        await using var silent = new PostgresLockProvider(single, new PostgresStoreOptions { Listen = false });
        await WaitAndGetAsync(silent);
    }

    [Test]
    public async Task The_transaction_around_it_has_no_part_in_a_lock([Values] bool enlist, [Values] bool given)
    {
        await using var source = NpgsqlDataSource.Create($"{_connection};Enlist={enlist};Maximum Pool Size=5");
        await using var provider = given ? new PostgresLockProvider(source) : new PostgresLockProvider($"{_connection};Enlist={enlist};Maximum Pool Size=5");
        await using var another = new PostgresLockProvider(_direct);
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
        await using var others = Scope.Create(new ScopeOptions { LockProvider = another });
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var guard = await scope.AcquireLockAsync(_key);
            Assert.That(Transaction.Current!.TransactionInformation.DistributedIdentifier, Is.EqualTo(Guid.Empty));
            Assert.That(await others.TryAcquireLockAsync(_key), Is.Null, "it is held before the transaction ends");
            await guard.DisposeAsync();
            await using var next = await others.TryAcquireLockAsync(_key);
            Assert.That(next, Is.Not.Null, "it is free before the transaction ends");
            await next!.Value.DisposeAsync();
            // And by waiting, which listens.
            await WaitAndGetAsync(provider, another);
        }
    }

    [Test]
    public async Task A_transaction_that_is_complete_and_not_yet_over_has_no_part_in_it_either()
    {
        await using var provider = new PostgresLockProvider(_direct);
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
        using (var transaction = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var guard = await scope.AcquireLockAsync(_key);
            transaction.Complete();
            // As at the end of a block in which the guard is the last that was declared.
            await guard.DisposeAsync();
            await using var next = await scope.TryAcquireLockAsync(_key);
            Assert.That(next, Is.Not.Null);
        }
    }

    /// <summary>Somebody else holds it, and <paramref name="waiter"/> waits until it is released.</summary>
    private async Task WaitAndGetAsync(PostgresLockProvider waiter, string? key = null)
    {
        await using var holder = new PostgresLockProvider(_direct);
        await WaitAndGetAsync(holder, waiter, key);
    }

    /// <summary>One holds it, the other one waits until it is released.</summary>
    private async Task WaitAndGetAsync(PostgresLockProvider holder, PostgresLockProvider waiter, string? key = null)
    {
        key ??= _key;
        await using var one = Scope.Create(new ScopeOptions { LockProvider = holder });
        await using var another = Scope.Create(new ScopeOptions { LockProvider = waiter });
        var held = await one.AcquireLockAsync(key);
        var waiting = another.AcquireLockAsync(key).AsTask();
        await Waiting.Until(() => waiter.Snapshot().Any(known => known.Key == key && known.Waiters.Count == 1), "it waits");
        await held.DisposeAsync();
        await using var got = await waiting.Soon();
    }

    private async Task<long> ConnectionsAsync()
    {
        await using var count = _direct.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE application_name = $1");
        count.Parameters.AddWithValue(_name);
        return (long)(await count.ExecuteScalarAsync())!;
    }
}
