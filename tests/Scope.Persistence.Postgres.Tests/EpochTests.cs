using Npgsql;

namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>
/// Locks that are not written ahead to disk, and what keeps them safe when they are gone: on a server that is killed, and, because
/// it leaves the same, on tables that are emptied.
/// </summary>
[TestFixture]
public sealed class EpochTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(900);
    // Of what must not end before a test says so.
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly List<PostgresLockStore> _stores = [];
    private LocalServer _server = null!;
    private NpgsqlDataSource _direct = null!;
    private PostgresStoreOptions _options = null!;
    private int _version;

    [OneTimeSetUp]
    public async Task StartServer() => _server = await TestServer.Postgres.StartOwnAsync();

    [OneTimeTearDown]
    public async Task StopServer()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    [SetUp]
    public void Connect()
    {
        _direct = NpgsqlDataSource.Create(_server.Connection);
        _options = new PostgresStoreOptions
        {
            Schema = $"Test {Guid.NewGuid():N}", Table = "it's \"locks\"", Durability = PostgresDurability.Fast, LongestTimeToLive = Short, KeptAfterLeases = TimeSpan.Zero,
        };
    }

    [TearDown]
    public async Task Disconnect()
    {
        foreach (var store in _stores) await store.DisposeAsync();
        _stores.Clear();
        await _direct.DisposeAsync();
    }

    // ---- what was lost ----

    [Test]
    public async Task After_a_crash_nobody_gets_a_lock_before_the_longest_lease_has_ended_and_tokens_rise()
    {
        var store = await OpenAsync(_options with { LongestTimeToLive = Hour });
        var held = await store.SwapAsync(Taking("held", Hour / 2), default);
        await CrashAsync();
        await store.ReadAgainAsync<NpgsqlException>("held");

        var noticed = await IsRefusedAsync(store, Taking("held"));
        Assert.That((await store.ReadAsync("held", default)).IsFree, "its row is gone");
        await IsRefusedAsync(store, Taking("held") with { Expected = held.Version });
        await IsRefusedAsync(store, Taking("another"));
        var taken = await GrantedWhenAllHaveWaitedAsync(store, Taking("held"), noticed, Hour);
        Assert.That(taken.Fence, Is.GreaterThan(held.Fence));
        // Who has slept through it all finds nothing that it could renew or release.
        var late = await store.SwapAsync(Taking("held") with { Expected = held.Version, Body = "renewed" }, default);
        Assert.That((late.Version, late.Body), Is.EqualTo((taken.Version, "taken")));
    }

    [Test]
    public async Task Each_loss_is_waited_out_anew()
    {
        var store = await OpenAsync();
        for (var round = 0; round < 3; round++)
        {
            await store.SwapAsync(Taking($"{round}", Short / 2), default);
            await EmptyAsync();
            var noticed = await IsRefusedAsync(store, Taking($"{round}"));
            Assert.That((await UntilGrantedAsync(store, Taking($"{round}"))).Now - noticed, Is.GreaterThanOrEqualTo(Microseconds(Short)));
        }
    }

    [Test]
    public async Task A_crash_while_all_wait_does_not_make_them_wait_from_the_beginning()
    {
        var store = await OpenAsync(_options with { LongestTimeToLive = Hour });
        await EmptyAsync();
        await IsRefusedAsync(store, Taking("a"));
        await ExecuteAsync($"UPDATE {Epochs} SET lost_at = lost_at - {Microseconds(Hour)}");
        await EmptyAsync();
        Assert.That((await store.SwapAsync(Taking("a"), default)).Body, Is.EqualTo("taken"));
    }

    [Test]
    public async Task What_a_server_noted_that_is_no_longer_the_primary_does_not_count()
    {
        var store = await OpenAsync();
        await EmptyAsync();
        // As if this one had taken over before it heard that the wait was over and locks were granted again.
        await ExecuteAsync($"UPDATE {Epochs} SET lost_at = 1, timeline = '00000000'");
        var noticed = await IsRefusedAsync(store, Taking("a"));
        Assert.That((await UntilGrantedAsync(store, Taking("a"))).Now - noticed, Is.GreaterThanOrEqualTo(Microseconds(Short)));
    }

    [Test]
    public async Task Many_may_find_out_and_begin_again_at_once()
    {
        _options = _options with { LongestTimeToLive = Hour };
        var stores = new List<PostgresLockStore> { await OpenAsync() };
        while (stores.Count < 8) stores.Add(Open(_options, "Options=-c default_transaction_isolation=serializable"));
        await EmptyAsync();
        var noticed = (await Task.WhenAll(stores.Select(store => IsRefusedAsync(store, Taking("a"))))).Min();
        var end = await NearlyAllHaveWaitedAsync(noticed, Hour);
        var swaps = stores.ConvertAll(store => (Store: store, Swap: Taking("a")));
        var answers = await Task.WhenAll(swaps.Select(one => UntilAnsweredAsync(one.Store, one.Swap))).Soon();
        Assert.That(answers.Select(answer => answer.Version).Distinct().Count(), Is.EqualTo(1), "holders");
        Assert.That(answers.Min(answer => answer.Now), Is.GreaterThanOrEqualTo(end));
        Assert.That(await ScalarAsync<long>($"SELECT count(*) FROM {Locks} WHERE key = ''"), Is.EqualTo(1));
    }

    [Test]
    public async Task Without_the_row_of_the_epoch_no_swap_succeeds()
    {
        var store = await OpenAsync(_options with { LongestTimeToLive = Hour });
        var free = await store.SwapAsync(Taking("free") with { Body = "" }, default);
        var held = await store.SwapAsync(Taking("held"), default);
        await ExecuteAsync($"DELETE FROM {Locks} WHERE key = ''");
        await IsRefusedAsync(store, Taking("new"));
        await IsRefusedAsync(store, Taking("free"));
        await IsRefusedAsync(store, Taking("held") with { Expected = held.Version });
        await Assert.ThatAsync(
            () => store.SwapManyAsync([Taking("new"), Taking("free"), Taking("held") with { Expected = held.Version }], default).AsTask(), Throws.InvalidOperationException);
        Assert.That((await store.ReadAsync("new", default)).Version, Is.Zero);
        Assert.That((await store.ReadAsync("free", default)).Version, Is.EqualTo(free.Version));
        Assert.That((await store.ReadAsync("held", default)).Version, Is.EqualTo(held.Version));
    }

    // ---- how long a lease may be ----

    [Test]
    public async Task A_lease_that_is_too_long_is_refused()
    {
        var store = await OpenAsync(_options with { KeptAfterLeases = Long });
        Assert.That((await store.SwapAsync(Taking("a", Short / 2), default)).Body, Is.EqualTo("taken"));
        foreach (var swap in new[] { Taking("b", Hour), Taking("b") with { KeepUntil = long.MaxValue } })
            await Assert.ThatAsync(() => store.SwapAsync(swap, default).AsTask(), Throws.InvalidOperationException.With.Message.Contains(nameof(PostgresStoreOptions.LongestTimeToLive)));
        Assert.That((await store.ReadAsync("b", default)).Version, Is.Zero);
        Assert.That((await store.SwapAsync(Taking("b", Short + Long / 2), default)).Body, Is.EqualTo("taken"), "with those who wait");
        Assert.That((await store.SwapAsync(Taking("c") with { Body = "", KeepUntil = long.MaxValue }, default)).IsFree, "what is free ends at once");
    }

    [Test]
    public async Task Who_allows_longer_leases_makes_all_wait_for_longer()
    {
        var store = await OpenAsync();
        var other = Open(_options with { LongestTimeToLive = Long });
        Assert.That((await other.SwapAsync(Taking("a", Long * 0.9), default)).Body, Is.EqualTo("taken"));
        await EmptyAsync();
        var noticed = await IsRefusedAsync(store, Taking("a"));
        Assert.That((await UntilGrantedAsync(store, Taking("a"))).Now - noticed, Is.GreaterThanOrEqualTo(Microseconds(Long)));
    }

    [Test]
    public async Task Who_comes_while_all_wait_and_allows_longer_leases_makes_them_wait_for_longer_too()
    {
        var store = await OpenAsync(_options with { LongestTimeToLive = Hour });
        await EmptyAsync();
        var noticed = await IsRefusedAsync(store, Taking("a"));
        await IsRefusedAsync(Open(_options with { LongestTimeToLive = Hour * 2 }), Taking("a"));
        await GrantedWhenAllHaveWaitedAsync(store, Taking("a"), noticed, Hour * 2);
    }

    /// <summary>Although everything else in the database may be forgotten for a moment after it was answered.</summary>
    [Test]
    public async Task A_longer_lease_is_granted_only_when_the_disk_knows_how_long_it_may_last()
    {
        await OpenAsync();
        var careless = Open(_options with { LongestTimeToLive = Long }, "Options=-c synchronous_commit=off");
        await careless.SwapAsync(Taking("a", Long * 0.9), default);
        await CrashAsync();
        Assert.That(await ScalarAsync<long>($"SELECT longest FROM {Epochs}"), Is.EqualTo(Microseconds(Long)));
    }

    // ---- the tables ----

    [Test]
    public async Task A_new_table_need_not_wait_and_one_that_comes_back_must([Values] bool byScript)
    {
        _options = _options with { LongestTimeToLive = Hour };
        var store = Open(_options);
        await CreateAsync();
        await CreateAsync();
        Assert.That((await store.SwapAsync(Taking("a"), default)).Body, Is.EqualTo("taken"));
        await CreateAsync();
        Assert.That((await store.SwapAsync(Taking("b"), default)).Body, Is.EqualTo("taken"));

        await ExecuteAsync($"DROP TABLE {Locks}");
        await CreateAsync();
        await IsRefusedAsync(store, Taking("a"));

        Task CreateAsync() => byScript ? ExecuteAsync(PostgresLockStore.CreateSchemaScript(_options)) : store.EnsureSchemaAsync();
    }

    [Test]
    public async Task A_table_that_was_never_used_has_lost_nothing()
    {
        var store = Open(_options with { LongestTimeToLive = Hour });
        await store.EnsureSchemaAsync();
        await EmptyAsync();
        Assert.That((await store.SwapAsync(Taking("a"), default)).Body, Is.EqualTo("taken"));
    }

    [Test]
    public async Task A_table_whose_row_in_the_other_one_is_gone_must_wait()
    {
        var store = await OpenAsync(_options with { LongestTimeToLive = Hour });
        await store.SwapAsync(Taking("a"), default);
        await EmptyAsync();
        await ExecuteAsync($"DELETE FROM {Epochs}");
        await Assert.ThatAsync(() => store.SwapAsync(Taking("a"), default).AsTask(), Throws.InvalidOperationException.With.Message.Contains(nameof(PostgresLockStore.EnsureSchemaAsync)));
        await store.EnsureSchemaAsync();
        await IsRefusedAsync(store, Taking("a"));
    }

    [Test]
    public async Task A_table_of_the_other_kind_is_refused([Values] PostgresDurability created)
    {
        var other = created == PostgresDurability.Fast ? PostgresDurability.Durable : PostgresDurability.Fast;
        await OpenAsync(_options with { Durability = created });
        var store = Open(_options with { Durability = other });
        foreach (var call in new Func<Task>[] { () => store.EnsureSchemaAsync(), () => store.SwapAsync(Taking("a"), default).AsTask(), () => store.ReadAsync("a", default).AsTask() })
            await Assert.ThatAsync(() => call(), Throws.InvalidOperationException.With.Message.Contains($"{nameof(PostgresStoreOptions.Durability)} is {other}"));
    }

    [Test]
    public async Task Who_may_only_use_the_tables_can_begin_an_epoch()
    {
        await OpenAsync();
        var user = $"user_{Guid.NewGuid():N}";
        await ExecuteAsync($"CREATE ROLE {user} LOGIN; GRANT USAGE ON SCHEMA \"{_options.Schema}\" TO {user}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \"{_options.Schema}\" TO {user}");
        var store = Open(_options, $"Username={user}");
        await store.EnsureSchemaAsync();
        await store.SwapAsync(Taking("a"), default);
        await EmptyAsync();
        await IsRefusedAsync(store, Taking("a"));
        await UntilGrantedAsync(store, Taking("a"));
    }

    [Test]
    public async Task Purging_leaves_the_epoch()
    {
        var store = await OpenAsync();
        await Waiting.Until(async () => await store.PurgeAsync(TimeSpan.FromMilliseconds(1)) == 1, "the row of the key is old enough");
        Assert.That((await store.SwapAsync(Taking("a"), default)).Body, Is.EqualTo("taken"));
    }

    // ---- the provider ----

    [Test]
    public async Task Who_asks_while_all_wait_is_told_why_and_who_held_is_not_held_any_more_when_the_next_one_is()
    {
        // Long enough for a busy machine to be told at least once that it has to wait.
        var wait = TimeSpan.FromSeconds(5);
        await OpenAsync(_options with { LongestTimeToLive = wait });
        var options = _options with { LongestTimeToLive = wait };
        var leases = new LeaseOptions { DefaultTimeToLive = wait };
        await using var provider = new PostgresLockProvider(_server.Connection, options, leases);
        await using var another = new PostgresLockProvider(_server.Connection, options, leases with { StoreTimeout = TimeSpan.FromSeconds(1) });
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
        await using var others = Scope.Create(new ScopeOptions { LockProvider = another });
        var guard = await scope.AcquireLockAsync("key", wait);
        await EmptyAsync();

        var told = new List<string>();
        LockGuard? next = null;
        await Waiting.Until(
            async () =>
            {
                try
                {
                    next = await others.AcquireLockAsync("key", wait);
                    return true;
                }
                catch (LockProviderException error)
                {
                    told.Add(error.Message);
                    return false;
                }
            },
            "the wait is over");
        Assert.That(told, Has.Some.Contains("key").And.Contains("has lost all locks").And.Contains("until "));
        Assert.That(guard.IsHeld, Is.False);
        Assert.That(next!.Value.FencingToken, Is.GreaterThan(guard.FencingToken));
        await guard.DisposeAsync();
        Assert.That(next.Value.IsHeld, "the late release is nobody else's");
    }

    [Test]
    public async Task After_a_crash_nobody_is_granted_anything_before_all_have_waited_and_then_it_goes_on()
    {
        var wait = TimeSpan.FromSeconds(3);
        var options = _options with { LongestTimeToLive = wait };
        await using var before = new PostgresLockProvider(_server.Connection, options);
        await before.EnsureSchemaAsync();
        await using var dead = Scope.Create(new ScopeOptions { LockProvider = before });
        // Nobody renews it: it asks nothing of the server before the others do.
        var held = await dead.CreateLock("held", new LockOptions { TimeToLive = wait, AutoRenew = false }).AcquireAsync();
        await CrashAsync();

        var restarted = await NowAsync();
        await using var one = new PostgresLockProvider(_server.Connection, options);
        await using var another = new PostgresLockProvider(_server.Connection, options);
        var granted = await Task.WhenAll(GrantedAsync(one, "held"), GrantedAsync(another, "free")).Soon();
        Assert.That(granted.Min(grant => grant.At), Is.GreaterThanOrEqualTo(restarted + Microseconds(wait)));
        Assert.That(held.IsHeld, Is.False);
        Assert.That(granted[0].Token, Is.GreaterThan(held.FencingToken));
        await held.DisposeAsync();
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = another });
        Assert.That(await scope.TryAcquireLockAsync("held", wait), Is.Not.Null, "as of now nobody waits for anything");

        async Task<(long At, long Token)> GrantedAsync(PostgresLockProvider provider, string key)
        {
            await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
            while (true)
            {
                try
                {
                    await using var guard = await scope.AcquireLockAsync(key, timeToLive: wait);
                    return (await NowAsync(), guard.FencingToken);
                }
                catch (LockProviderException error)
                {
                    // After a crash a server may be busy for longer than that with what it has to write.
                    Assert.That(error.InnerException, Is.InstanceOf<TimeoutException>().Or.Message.Contains("has lost all locks"));
                }
            }
        }

        Task<long> NowAsync() => ScalarAsync<long>($"SELECT {Table.Clock}");
    }

    [Test]
    public void Bad_input_is_refused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => new PostgresStoreOptions { LongestTimeToLive = TimeSpan.Zero }, Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new PostgresStoreOptions { Durability = (PostgresDurability)2 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => PostgresLockStore.CreateSchemaScript(new PostgresStoreOptions { Durability = PostgresDurability.Fast, Table = "gogoscope_epochs" }), Throws.ArgumentException);
        });
    }

    private string Locks => $"\"{_options.Schema}\".{Table.Quote(_options.Table)}";

    private string Epochs => $"\"{_options.Schema}\".gogoscope_epochs";

    private async Task<PostgresLockStore> OpenAsync(PostgresStoreOptions? options = null)
    {
        var store = Open(options ?? _options);
        await store.EnsureSchemaAsync();
        // It begins the first epoch.
        await store.SwapAsync(Taking("used"), default);
        return store;
    }

    private PostgresLockStore Open(PostgresStoreOptions options, string settings = "")
    {
        var store = new PostgresLockStore($"{_server.Connection};Maximum Pool Size=4;{settings}", options);
        _stores.Add(store);
        return store;
    }

    private async Task CrashAsync()
    {
        await _server.KillAsync();
        await _server.StartAsync();
        _direct.Clear();
    }

    private Task EmptyAsync() => ExecuteAsync($"TRUNCATE {Locks}");

    /// <summary>The server's clock from before it was refused because all locks are lost: whoever noticed it first did so later.</summary>
    private async Task<long> IsRefusedAsync(PostgresLockStore store, LockSwap swap)
    {
        var before = await ScalarAsync<long>($"SELECT {Table.Clock}");
        await Assert.ThatAsync(() => store.SwapAsync(swap, default).AsTask(), Throws.InvalidOperationException.With.Message.Contains("has lost all locks"));
        return before;
    }

    private async Task<StoredRecord> GrantedWhenAllHaveWaitedAsync(PostgresLockStore store, LockSwap swap, long noticed, TimeSpan wait)
    {
        var end = await NearlyAllHaveWaitedAsync(noticed, wait);
        var granted = await UntilGrantedAsync(store, swap);
        Assert.That(granted.Now, Is.GreaterThanOrEqualTo(end));
        return granted;
    }

    /// <summary>Passes over most of a wait that began when the loss was noticed, and returns its end by the server's clock.</summary>
    private async Task<long> NearlyAllHaveWaitedAsync(long noticed, TimeSpan wait) => await ScalarAsync<long>(
        $"UPDATE {Epochs} SET lost_at = {Table.Clock} - longest + {Microseconds(Short)} WHERE lost_at >= {noticed} AND longest = {Microseconds(wait)} RETURNING lost_at + longest");

    private static async Task<StoredRecord> UntilAnsweredAsync(PostgresLockStore store, LockSwap swap)
    {
        StoredRecord answer = default;
        await Waiting.Until(
            async () =>
            {
                try
                {
                    answer = await store.SwapAsync(swap, default);
                    return true;
                }
                catch (InvalidOperationException)
                {
                    return false;
                }
            },
            "locks are granted again");
        return answer;
    }

    private static async Task<StoredRecord> UntilGrantedAsync(PostgresLockStore store, LockSwap swap)
    {
        var answer = await UntilAnsweredAsync(store, swap);
        Assert.That(answer.Version, Is.EqualTo(swap.Version));
        return answer;
    }

    private async Task ExecuteAsync(string text)
    {
        await using var command = _direct.CreateCommand(text);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<T> ScalarAsync<T>(string text)
    {
        await using var command = _direct.CreateCommand(text);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private LockSwap Taking(string key, TimeSpan lease = default) => new()
    {
        Key = key, Expected = 0, Version = Interlocked.Increment(ref _version), Body = "taken", Draw = 1, NotAfter = long.MaxValue,
        KeepUntil = Microseconds(DateTime.UtcNow - DateTime.UnixEpoch) + Microseconds(lease),
    };
}
