using Npgsql;
using Lock = GoGoScope.Lock;

namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>What a transaction writes under a guard that it has asserted: by its holder alone, and nobody else gets the lock before the commit.</summary>
[TestFixture(PostgresDurability.Durable)]
[TestFixture(PostgresDurability.Fast)]
public sealed class AssertHeldTests(PostgresDurability durability)
{
    private readonly List<IAsyncDisposable> _opened = [];
    private NpgsqlDataSource _direct = null!;
    private PostgresStoreOptions _options = null!;
    private PostgresLockProvider _provider = null!;
    private Scope _scope = null!;
    private string _key = "";

    private string Locks => $"\"{_options.Table}\"";

    private string Stock => $"stock_{durability}";

    [SetUp]
    public async Task Connect()
    {
        _options = new PostgresStoreOptions { Durability = durability, Table = $"asserted_{durability}" };
        _direct = NpgsqlDataSource.Create($"{await TestServer.Postgres.ConnectionAsync()};Maximum Pool Size=20");
        _provider = new PostgresLockProvider(_direct, _options);
        await _provider.EnsureSchemaAsync();
        _scope = Scope.Create(new ScopeOptions { LockProvider = _provider });
        _key = $"asserted:{Guid.NewGuid():N}";
        await ExecuteAsync($"CREATE TABLE IF NOT EXISTS {Stock} (name text PRIMARY KEY, amount int NOT NULL)");
        await ExecuteAsync($"INSERT INTO {Stock} VALUES ('{_key}', 10)");
    }

    [TearDown]
    public async Task Disconnect()
    {
        if (_scope is not null) await _scope.DisposeAsync();
        for (var i = _opened.Count - 1; i >= 0; i--) await _opened[i].DisposeAsync();
        _opened.Clear();
        if (_provider is not null) await _provider.DisposeAsync();
        if (_direct is not null) await _direct.DisposeAsync();
    }

    [Test]
    public async Task What_is_held_can_be_asserted_over_and_over([Values(LockMode.Exclusive, LockMode.Read)] LockMode mode)
    {
        await using var guard = await AcquireAsync(_scope, mode);
        for (var i = 0; i < 3; i++)
        {
            await using var connection = await _direct.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await _provider.AssertHeldAsync(transaction, guard);
            await _provider.AssertHeldAsync(transaction, guard);
            await transaction.CommitAsync();
        }
        Assert.That(guard.IsHeld);
    }

    [Test]
    public async Task Readers_of_one_process_may_assert_whoever_came_between_them()
    {
        await using var one = await AcquireAsync(_scope, LockMode.Read);
        await using var another = await AcquireAsync(AnotherProcess(), LockMode.Read);
        await using var later = await AcquireAsync(_scope, LockMode.Read);
        await using var begun = await BeginAsync();
        foreach (var guard in (LockGuard[])[one, another, later]) await _provider.AssertHeldAsync(begun.Transaction, guard);
    }

    [Test]
    public async Task Readers_may_assert_at_the_same_time()
    {
        await using var one = await AcquireAsync(_scope, LockMode.Read);
        await using var another = await AcquireAsync(AnotherProcess(), LockMode.Read);
        await using var first = await BeginAsync();
        await _provider.AssertHeldAsync(first.Transaction, one);
        await using var second = await BeginAsync();
        // Cancelled if it has to wait: a transaction that is still asked something can't be disposed.
        using var limit = new CancellationTokenSource(Waiting.HangLimit);
        await _provider.AssertHeldAsync(second.Transaction, another, limit.Token);
    }

    /// <summary>A process that was paused for longer than its lease, and goes on as if nothing had happened.</summary>
    [Test]
    public async Task Who_has_lost_the_lock_without_noticing_is_refused_and_changes_nothing()
    {
        await using var sleeper = await SleeperAsync();
        await using var next = await AcquireAsync(AnotherProcess());
        Assert.That(sleeper.IsHeld, "it has not noticed");

        await using var late = await BeginAsync();
        await TakeAsync(late, 1);
        var lost = await Assert.ThrowsAsync<LeaseLostException>(() => _provider.AssertHeldAsync(late.Transaction, sleeper));
        Assert.That((lost!.Key, lost.FencingToken), Is.EqualTo((_key, sleeper.FencingToken)));
        await late.Transaction.RollbackAsync();

        await using var inTime = await BeginAsync();
        await _provider.AssertHeldAsync(inTime.Transaction, next);
        await TakeAsync(inTime, 2);
        await inTime.Transaction.CommitAsync();
        Assert.That(await AmountAsync(), Is.EqualTo(8));
    }

    [Test]
    public async Task A_lease_that_has_ended_by_the_servers_clock_is_refused_though_nobody_has_taken_it()
    {
        await using var sleeper = await SleeperAsync();
        await using var late = await BeginAsync();
        await Assert.ThatAsync(() => _provider.AssertHeldAsync(late.Transaction, sleeper), Throws.InstanceOf<LeaseLostException>().With.Message.Contains("store's clock"));
    }

    [Test]
    public async Task A_record_that_is_gone_is_refused()
    {
        await using var guard = await AcquireAsync(_scope);
        await ExecuteAsync($"DELETE FROM {Locks} WHERE encode(name, 'escape') = 'lock:{_key}'");
        await using var late = await BeginAsync();
        await Assert.ThatAsync(() => _provider.AssertHeldAsync(late.Transaction, guard), Throws.InstanceOf<LeaseLostException>());
    }

    [Test]
    public async Task Nobody_else_gets_the_lock_before_the_transaction_ends_however_long_the_lease_is_over([Values] bool commit)
    {
        var another = AnotherProcess();
        var (open, brief) = await AssertBriefAsync();
        await using var closing = open;
        var waiting = AcquireAsync(another).AsTask();
        await Waiting.Until(() => brief.LostToken.IsCancellationRequested, "the lease is over");
        await TakeAsync(open, 1);
        // It is stopped by the row, and not by anything that this process does.
        await Waiting.Until(IsBlockedAsync, "the other one wants the record");
        Assert.That(waiting.IsCompleted, Is.False);
        if (commit) await open.Transaction.CommitAsync();
        else await open.Transaction.RollbackAsync();

        await using var next = await waiting.Soon();
        Assert.That(next.FencingToken, Is.GreaterThan(brief.FencingToken));
        Assert.That(await AmountAsync(), Is.EqualTo(commit ? 9 : 10));
    }

    [Test]
    public async Task A_renewal_waits_for_the_end_of_the_transaction_and_then_succeeds()
    {
        await using var guard = await Leased(TimeSpan.FromSeconds(20)).AcquireAsync();
        await using var open = await BeginAsync();
        await _provider.AssertHeldAsync(open.Transaction, guard);
        var renewing = guard.RenewAsync(TimeSpan.FromSeconds(25)).AsTask();
        await Waiting.Until(IsBlockedAsync, "the renewal wants the record");
        await open.Transaction.CommitAsync();
        await renewing.Soon();
        Assert.That(guard.IsHeld);
    }

    [Test]
    public async Task What_is_asked_too_late_is_refused_before_anything_is_sent()
    {
        var guard = await AcquireAsync(_scope);
        await guard.DisposeAsync();
        await using var open = await BeginAsync();
        await Assert.ThatAsync(() => _provider.AssertHeldAsync(open.Transaction, guard), Throws.InstanceOf<ObjectDisposedException>());
        await Assert.ThatAsync(() => _provider.AssertHeldAsync(open.Transaction, default), Throws.InstanceOf<ObjectDisposedException>());
        await Assert.ThatAsync(() => _provider.AssertHeldAsync(null!, guard), Throws.ArgumentNullException);

        await using var held = await AcquireAsync(_scope);
        await open.Transaction.CommitAsync();
        await Assert.ThatAsync(() => _provider.AssertHeldAsync(open.Transaction, held), Throws.InvalidOperationException);
    }

    [Test]
    public async Task A_guard_of_another_provider_is_refused()
    {
        await using var embedded = Scope.Create();
        await using var guard = await embedded.CreateLock(_key).AcquireAsync();
        await using var without = await embedded.CreateLock().AcquireAsync();
        await using var open = await BeginAsync();
        await Assert.ThatAsync(() => _provider.AssertHeldAsync(open.Transaction, guard), Throws.InstanceOf<LeaseLostException>());
        await Assert.ThatAsync(() => _provider.AssertHeldAsync(open.Transaction, without), Throws.ArgumentException);
    }

    /// <summary>A transaction in which a lease of two seconds was asserted; another one, if the machine was so slow that it was over before.</summary>
    private async Task<(OpenTransaction Open, LockGuard Brief)> AssertBriefAsync()
    {
        while (true)
        {
            var open = await BeginAsync();
            var brief = await Leased(TimeSpan.FromSeconds(2)).AcquireAsync();
            try
            {
                await _provider.AssertHeldAsync(open.Transaction, brief);
                return (open, brief);
            }
            catch (LeaseLostException)
            {
                await open.DisposeAsync();
            }
        }
    }

    private ValueTask<LockGuard> AcquireAsync(Scope scope, LockMode mode = LockMode.Exclusive) =>
        mode == LockMode.Exclusive ? scope.AcquireLockAsync(_key) : scope.AcquireReadLockAsync(_key);

    private Lock Leased(TimeSpan timeToLive) => _scope.CreateLock(_key, new LockOptions { TimeToLive = timeToLive, AutoRenew = false });

    /// <summary>A guard whose lease has ended in the store, of a process whose clock has stood still meanwhile.</summary>
    private async Task<LockGuard> SleeperAsync()
    {
        var scope = AnotherProcess(new ManualTimeProvider());
        var guard = await scope.AcquireLockAsync(_key, TimeSpan.FromMilliseconds(300));
        var ended = $"SELECT clock_timestamp() > (convert_from(body, 'UTF8')::json #>> '{{holders,0,expires}}')::timestamptz FROM {Locks} WHERE encode(name, 'escape') = 'lock:{_key}'";
        await Waiting.Until(async () => (bool)(await ScalarAsync(ended))!, "the lease is over");
        return guard;
    }

    private Scope AnotherProcess(TimeProvider? time = null)
    {
        var provider = new PostgresLockProvider(_direct, _options, new LeaseOptions { StoreTimeout = Waiting.HangLimit, TimeProvider = time ?? TimeProvider.System });
        var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
        _opened.AddRange([provider, scope]);
        return scope;
    }

    private async Task<OpenTransaction> BeginAsync()
    {
        var connection = await _direct.OpenConnectionAsync();
        return new OpenTransaction(connection, await connection.BeginTransactionAsync());
    }

    private async Task TakeAsync(OpenTransaction open, int amount)
    {
        await using var take = new NpgsqlCommand($"UPDATE {Stock} SET amount = amount - $2 WHERE name = $1", open.Connection, open.Transaction) { Parameters = { new() { Value = _key }, new() { Value = amount } } };
        await take.ExecuteNonQueryAsync();
    }

    private async Task<int> AmountAsync() => (int)(await ScalarAsync($"SELECT amount FROM {Stock} WHERE name = '{_key}'"))!;

    private async Task<bool> IsBlockedAsync() =>
        (long)(await ScalarAsync($"SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%{_options.Table}%'"))! > 0;

    private async Task<object?> ScalarAsync(string text)
    {
        await using var command = _direct.CreateCommand(text);
        return await command.ExecuteScalarAsync();
    }

    private async Task ExecuteAsync(string text)
    {
        await using var command = _direct.CreateCommand(text);
        await command.ExecuteNonQueryAsync();
    }

    private sealed record OpenTransaction(NpgsqlConnection Connection, NpgsqlTransaction Transaction) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Transaction.DisposeAsync();
            await Connection.DisposeAsync();
        }
    }
}
