using System.Data.Common;
using System.Globalization;
using System.Transactions;

namespace GoGoScope.Persistence.MySql.Tests;

/// <summary>What a provider takes from the application, shares with others, and gives back: data sources, connections, transactions.</summary>
[TestFixture]
public sealed class SharingTests
{
    private string _connection = "";
    private DbDataSource _direct = null!;
    private string _key = "";

    [SetUp]
    public async Task Connect()
    {
        _connection = await TestServer.MariaDb.ConnectionAsync();
        _direct = Driver.Open(_connection);
        _key = $"sharing:{Guid.NewGuid():N}";
        await using var provider = new MySqlLockProvider(_direct);
        await provider.EnsureSchemaAsync();
    }

    [TearDown]
    public async Task Disconnect()
    {
        if (_direct is not null) await _direct.DisposeAsync();
    }

    [Test]
    public async Task What_a_provider_was_given_is_left_open()
    {
        await using var given = Driver.Open(Settings.With(_connection, ("Maximum Pool Size", 1)));
        var provider = new MySqlLockProvider(given);
        await WaitAndGetAsync(provider);
        await provider.DisposeAsync();
        // Its one connection is free again.
        await using var connection = await given.OpenConnectionAsync();
    }

    [Test]
    public async Task What_a_provider_has_made_it_closes()
    {
        var database = $"sharing_{Guid.NewGuid():N}";
        await _direct.ExecuteAsync($"CREATE DATABASE {database}");
        var provider = new MySqlLockProvider(Settings.With(_connection, ("Database", database)));
        await provider.EnsureSchemaAsync();
        await using (var scope = Scope.Create(new ScopeOptions { LockProvider = provider })) await (await scope.AcquireLockAsync(_key)).DisposeAsync();
        Assert.That(await ConnectionsAsync(), Is.Positive);
        await provider.DisposeAsync();
        await Waiting.Until(async () => await ConnectionsAsync() == 0, "all of its connections are closed");
        await _direct.ExecuteAsync($"DROP DATABASE {database}");

        async Task<long> ConnectionsAsync() =>
            Convert.ToInt64(await _direct.ExecuteAsync($"SELECT COUNT(*) FROM information_schema.processlist WHERE db = '{database}'"), CultureInfo.InvariantCulture);
    }

    [Test]
    public async Task A_pool_of_one_connection_is_enough()
    {
        await using var provider = new MySqlLockProvider(Settings.With(_connection, ("Maximum Pool Size", 1)));
        await WaitAndGetAsync(provider);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => WaitAndGetAsync(provider, $"{_key}:{i}"))).Soon();
    }

    [Test]
    public async Task The_transaction_around_it_has_no_part_in_a_lock([Values] bool enlist, [Values] bool given)
    {
        var connection = Settings.With(_connection, ("AutoEnlist", enlist), ("Maximum Pool Size", 5));
        await using var source = Driver.Open(connection);
        await using var provider = given ? new MySqlLockProvider(source) : new MySqlLockProvider(connection);
        await using var another = new MySqlLockProvider(_direct);
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
            await WaitAndGetAsync(provider);
        }
    }

    [Test]
    public async Task A_transaction_that_is_complete_and_not_yet_over_has_no_part_in_it_either()
    {
        await using var provider = new MySqlLockProvider(_direct);
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
    private async Task WaitAndGetAsync(MySqlLockProvider waiter, string? key = null)
    {
        key ??= _key;
        await using var holder = new MySqlLockProvider(_direct);
        await using var one = Scope.Create(new ScopeOptions { LockProvider = holder });
        await using var another = Scope.Create(new ScopeOptions { LockProvider = waiter });
        var held = await one.AcquireLockAsync(key);
        var waiting = another.AcquireLockAsync(key).AsTask();
        await Waiting.Until(() => waiter.Snapshot().Any(known => known.Key == key && known.Waiters.Count == 1), "it waits");
        await held.DisposeAsync();
        await using var got = await waiting.Soon();
    }
}
