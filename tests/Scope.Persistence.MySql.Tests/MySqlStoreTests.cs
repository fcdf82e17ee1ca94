using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Transactions;

namespace GoGoScope.Persistence.MySql.Tests;

/// <summary>What is MySQL's and MariaDB's own: the table, transactions that are not ours, servers and tables that won't do.</summary>
[TestFixture]
[NonParallelizable] // It asks whether anybody waits for a row at the server.
public sealed class MySqlStoreTests
{
    private string _connection = "";
    private DbDataSource _direct = null!;
    private MySqlLockStore _store = null!;
    private string _key = "";

    [SetUp]
    public async Task Connect()
    {
        _connection = await TestServer.MariaDb.ConnectionAsync();
        _direct = Driver.Open(Settings.With(_connection, ("Maximum Pool Size", 20)));
        _store = new MySqlLockStore(_direct);
        _key = $"mysql:{Guid.NewGuid():N}";
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
        for (var round = 0; round < 3; round++)
        {
            var options = NewTable();
            var stores = Enumerable.Range(0, 10).Select(_ => new MySqlLockStore(_connection, options)).ToList();
            await Task.WhenAll(stores.Select(store => store.EnsureSchemaAsync())).Soon();
            await stores[0].EnsureSchemaAsync();
            Assert.That((await stores[1].SwapAsync(Taking("taken"), default)).Body, Is.EqualTo("taken"));
            foreach (var store in stores) await store.DisposeAsync();
            await DropAsync(options);
        }
    }

    [Test]
    public async Task The_script_creates_the_same_and_may_be_run_twice()
    {
        var options = NewTable() with { Table = "it's a \"table\"; -- `x`" };
        await _direct.ExecuteAsync(MySqlLockStore.CreateSchemaScript(options));
        await _direct.ExecuteAsync(MySqlLockStore.CreateSchemaScript(options));
        await using var store = new MySqlLockStore(_connection, options);
        await store.EnsureSchemaAsync();
        Assert.That((await store.SwapAsync(Taking("taken"), default)).Body, Is.EqualTo("taken"));
        await DropAsync(options);
    }

    [Test]
    public async Task Who_may_only_use_the_table_need_not_be_allowed_to_create_it()
    {
        var options = NewTable();
        await _direct.ExecuteAsync(MySqlLockStore.CreateSchemaScript(options));
        var user = $"user_{Guid.NewGuid():N}"[..16];
        await _direct.ExecuteAsync($"CREATE USER {user}; GRANT SELECT, INSERT, UPDATE, DELETE ON `{options.Database}`.`{options.Table}` TO {user}");
        await using (var store = new MySqlLockStore(Settings.With(_connection, ("User ID", user), ("Database", options.Database!)), options))
        {
            await store.EnsureSchemaAsync();
            Assert.That((await store.SwapAsync(Taking("taken"), default)).Body, Is.EqualTo("taken"));
            Assert.That(await store.PurgeAsync(), Is.Zero);
        }
        await _direct.ExecuteAsync($"DROP USER {user}");
        await DropAsync(options);
    }

    [Test]
    public async Task A_missing_table_is_explained()
    {
        foreach (var options in new[] { NewTable(), new MySqlStoreOptions { Table = $"missing {Guid.NewGuid():N}" } })
        {
            await using var store = new MySqlLockStore(_connection, options);
            foreach (var call in Calls(store))
                await Assert.ThatAsync(() => call(), Throws.InvalidOperationException.With.Message.Contains(options.Table).And.Message.Contains(nameof(MySqlLockStore.EnsureSchemaAsync)));
        }
    }

    [Test]
    public async Task A_connection_without_a_database_is_explained_and_the_option_will_do()
    {
        var connection = Settings.With(_connection, ("Database", ""));
        await using var store = new MySqlLockStore(connection);
        foreach (var call in Calls(store).Prepend(() => store.EnsureSchemaAsync()))
            await Assert.ThatAsync(() => call(), Throws.InvalidOperationException.With.Message.Contains("names no database").And.Message.Contains(nameof(MySqlStoreOptions.Database)));
        var options = NewTable();
        await using var named = new MySqlLockStore(connection, options);
        await named.EnsureSchemaAsync();
        Assert.That((await named.SwapAsync(Taking("taken"), default)).Body, Is.EqualTo("taken"));
        await DropAsync(options);
    }

    [Test]
    public async Task A_table_without_transactions_is_named_as_what_it_is()
    {
        var options = new MySqlStoreOptions { Table = $"myisam {Guid.NewGuid():N}" };
        await _direct.ExecuteAsync(MySqlLockStore.CreateSchemaScript(options).Replace("InnoDB", "MyISAM", StringComparison.Ordinal));
        await using var store = new MySqlLockStore(_connection, options);
        foreach (var call in Calls(store).Prepend(() => store.EnsureSchemaAsync()))
            await Assert.ThatAsync(() => call(), Throws.InvalidOperationException.With.Message.Contains("MyISAM").And.Message.Contains("InnoDB"));
        await _direct.ExecuteAsync($"DROP TABLE `{options.Table}`");
    }

    [Test]
    public async Task A_person_can_read_a_record()
    {
        await _store.SwapAsync(Taking("held by worker-7"), default);
        Assert.That(
            await _direct.ExecuteAsync($"SELECT CONVERT(body USING utf8mb4) FROM gogoscope_locks WHERE CONVERT(name USING utf8mb4) = '{_key}'"),
            Is.EqualTo("held by worker-7"));
    }

    [Test]
    public async Task Rows_that_nobody_needs_can_be_purged_and_tokens_still_rise()
    {
        var options = NewTable();
        await using var store = new MySqlLockStore(_connection, options);
        await store.EnsureSchemaAsync();
        var held = await store.SwapAsync(Taking("held") with { Key = "held" }, default);
        var now = held.Now;
        var swaps = Enumerable.Range(0, 1_200).Select(i => Taking("taken") with { Key = $"{i}" }).ToList();
        var taken = await store.SwapManyAsync(swaps, default);
        await store.SwapManyAsync([.. swaps.Select(swap => swap with { Expected = swap.Version, Version = 2, Body = "", Draw = 0 })], default);
        await store.SwapAsync(Taking("crashed") with { Key = "crashed", KeepUntil = now }, default);
        await store.SwapAsync(Taking("refused") with { Key = "never there", Expected = 12 }, default);
        await _direct.ExecuteAsync($"INSERT INTO `{options.Database}`.`{options.Table}` (id, name, version, attempt, fence, body, keep_until) VALUES (REPEAT('a', 32), 'ahead', 1, 0, {now + 3_600_000_000}, NULL, 0)");

        Assert.That(await store.PurgeAsync(), Is.EqualTo(1), "an hour is not over, but for what never was");
        await Task.Delay(5);
        await using var somebody = await _direct.OpenConnectionAsync();
        await somebody.ExecuteAsync($"START TRANSACTION; SELECT * FROM `{options.Database}`.`{options.Table}` WHERE id = UNHEX(SHA2('held', 256)) FOR UPDATE");
        Assert.That(await store.PurgeAsync(TimeSpan.FromMilliseconds(1)).Soon(), Is.EqualTo(1_201), "those in use are not waited for");
        await somebody.ExecuteAsync("ROLLBACK");
        Assert.That((await store.ReadAsync("held", default)).Body, Is.EqualTo("held"));
        Assert.That((await store.ReadAsync("0", default)).Version, Is.Zero);
        Assert.That((await store.SwapAsync(swaps[0], default)).Fence, Is.GreaterThan(taken[0].Fence));
        await Assert.ThatAsync(() => store.PurgeAsync(TimeSpan.Zero), Throws.InstanceOf<ArgumentOutOfRangeException>());
        await DropAsync(options);
    }

    [Test]
    public async Task A_row_that_somebody_keeps_is_left_by_a_purge_which_goes_on_with_others([Values] bool withoutReturning)
    {
        var options = NewTable() with { WithoutReturning = withoutReturning };
        await using var source = new SessionDataSource(Driver.Open(_connection), Patient(33));
        await using var store = new MySqlLockStore(source, options);
        await store.EnsureSchemaAsync();
        var swaps = Enumerable.Range(0, 401).Select(i => Taking("") with { Key = $"{i}", Draw = 0 }).ToList();
        var last = await store.SwapManyAsync(swaps, default);
        await Waiting.Until(async () => (await store.ReadAsync("0", default)).Now > last.Max(record => record.Now) + 1_000, "they are old enough");
        await using var somebody = await _direct.OpenConnectionAsync();
        await somebody.ExecuteAsync($"START TRANSACTION; SELECT * FROM `{options.Database}`.`{options.Table}` WHERE id = UNHEX(SHA2('17', 256)) FOR UPDATE");
        // Two hundred go together.
        var purged = await store.PurgeAsync(TimeSpan.FromMilliseconds(1)).Soon();
        Assert.That(purged, Is.InRange(201, 400));
        await somebody.ExecuteAsync("ROLLBACK");
        Assert.That(await store.PurgeAsync(TimeSpan.FromMilliseconds(1)).Soon(), Is.EqualTo(401 - purged));
        await DropAsync(options);
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
        }
        Assert.That((await _store.ReadAsync(_key, default)).Body, Is.EqualTo("taken"));
    }

    /// <summary>By a driver that would kill a query on another connection, late.</summary>
    [Test]
    public async Task Connections_are_opened_to_the_end_whoever_gives_up()
    {
        await using var source = new SessionDataSource(Driver.Open(_connection), "SELECT 1");
        await using var store = new MySqlLockStore(source);
        using var cancel = new CancellationTokenSource();
        await store.EnsureSchemaAsync(cancel.Token);
        await store.SwapAsync(Taking("taken"), cancel.Token);
        await store.SwapManyAsync([Taking("many") with { Key = _key + ":many" }], cancel.Token);
        await store.ReadAsync(_key, cancel.Token);
        await store.PurgeAsync(TimeSpan.FromDays(100), cancel.Token);
        await foreach (var _ in store.ListAsync(_key, cancel.Token)) break;
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled)) await store.ReadAsync(_key, cancel.Token);
        Assert.That(source.WasCancellable, Is.False);
    }

    [Test]
    public async Task Who_waits_for_a_row_that_somebody_has_locked_can_give_up_and_leaves_no_transaction_behind([Values] bool withoutReturning)
    {
        await using var one = Driver.OpenOwn(Settings.With(_connection, ("Maximum Pool Size", 1)));
        var store = new MySqlLockStore(one, new MySqlStoreOptions { WithoutReturning = withoutReturning });
        // The server itself gives up after a second.
        await Waiting.Until(GivesUpInTimeAsync, "who waits gives up before the server does");
        await using var same = await one.OpenConnectionAsync();
        Assert.That(Convert.ToInt64(await same.ExecuteAsync("SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = CONNECTION_ID()"), CultureInfo.InvariantCulture), Is.Zero);

        async Task<bool> GivesUpInTimeAsync()
        {
            var key = $"{_key}:{Guid.NewGuid():N}";
            await store.SwapAsync(Taking("taken") with { Key = key }, default);
            await using var somebody = await LockAsync(key);
            using var cancel = new CancellationTokenSource();
            var other = Taking("other") with { Key = key + ":other" };
            var started = Stopwatch.GetTimestamp();
            var changing = store.SwapManyAsync([Taking("changed") with { Key = key, Expected = 1, Version = 2 }, other], cancel.Token).AsTask();
            await Waiting.Until(async () => changing.IsCompleted || await IsBlockedAsync(), "the swap waits for the row");
            await cancel.CancelAsync();
            var error = await Assert.CatchAsync(() => changing.Soon());
            await somebody.ExecuteAsync("ROLLBACK");
            var body = (await store.ReadAsync(key, default).AsTask().Soon()).Body;
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(0.9)) return false;
            Assert.That(error, Is.InstanceOf<OperationCanceledException>());
            Assert.That(body, Is.EqualTo("changed"), "it was on its way");
            return true;
        }
    }

    /// <summary>One that looked before it waited would answer with what was there then.</summary>
    [Test]
    public async Task Who_has_waited_for_a_row_is_told_what_came_of_it([Values] bool withoutReturning)
    {
        var store = new MySqlLockStore(_direct, new MySqlStoreOptions { WithoutReturning = withoutReturning });
        await store.SwapAsync(Taking("taken"), default);
        await using var somebody = await LockAsync();
        await somebody.ExecuteAsync($"UPDATE gogoscope_locks SET version = 77, body = 'changed' WHERE id = UNHEX(SHA2('{_key}', 256))");
        var losing = store.SwapPatientlyAsync([Taking("lost") with { Expected = 1, Version = 2 }]);
        await Waiting.Until(IsBlockedAsync, "the swap waits for the row");
        await somebody.ExecuteAsync("COMMIT");
        var answer = (await losing.Soon())[0];
        Assert.That((answer.Version, answer.Body), Is.EqualTo((77L, "changed")));
    }

    [Test]
    public async Task What_is_not_committed_yet_is_not_read([Values] bool withoutReturning)
    {
        await using var settings = new SessionDataSource(Driver.Open(_connection), "SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED");
        var store = new MySqlLockStore(settings, new MySqlStoreOptions { WithoutReturning = withoutReturning });
        await store.SwapAsync(Taking("taken"), default);
        await using var somebody = await LockAsync();
        await somebody.ExecuteAsync($"UPDATE gogoscope_locks SET version = 77, body = 'changed' WHERE id = UNHEX(SHA2('{_key}', 256))");
        Assert.That((await store.ReadAsync(_key, default).AsTask().Soon()).Body, Is.EqualTo("taken"));
        await somebody.ExecuteAsync("ROLLBACK");
    }

    /// <summary>Whoever believed the answer would hold what somebody's ROLLBACK gives to everybody.</summary>
    [TestCase("SET autocommit = 0", "")]
    [TestCase("", "START TRANSACTION")]
    [TestCase("", "SET completion_type = 'CHAIN'; START TRANSACTION; COMMIT")]
    public async Task A_swap_is_committed_although_the_session_does_so_no_more(string once, string ever)
    {
        await using var one = new SessionDataSource(Driver.OpenOwn(Settings.With(_connection, ("Maximum Pool Size", 1))), "SELECT 1");
        foreach (var prepare in new[] { false, true })
        {
            var store = new MySqlLockStore(one, new MySqlStoreOptions { PrepareStatements = prepare });
            var taken = await store.SwapAsync(Taking($"taken {prepare}") with { Key = $"{_key}:{prepare}" }, default);
            await one.ExecuteAsync(once.Length > 0 ? once : "SELECT 1");
            if (ever.Length > 0) one.Settings = ever;
            var renewed = await store.SwapAsync(Taking("renewed") with { Key = $"{_key}:{prepare}", Expected = taken.Version, Version = 2 }, default);
            Assert.That((renewed.Version, renewed.Body), Is.EqualTo((2L, "renewed")));
            Assert.That(await _store.ReadAsync($"{_key}:{prepare}", default) with { Now = 0 }, Is.EqualTo(renewed with { Now = 0 }), "somebody else sees it");
            Assert.That((await store.ReadAsync($"{_key}:{prepare}", default)).Body, Is.EqualTo("renewed"));
            Assert.That((await store.SwapManyAsync([Taking("") with { Key = $"{_key}:{prepare}", Expected = 2, Version = 3 }, Taking("other") with { Key = $"{_key}:{prepare}:other" }], default))[0].Version, Is.EqualTo(3));
            Assert.That((await _store.ReadAsync($"{_key}:{prepare}", default)).IsFree, "somebody else sees it");
            one.Settings = "SELECT 1";
            await one.ExecuteAsync("ROLLBACK AND NO CHAIN; SET autocommit = 1, completion_type = DEFAULT");
        }
    }

    [Test]
    public async Task Locks_of_rows_that_end_in_a_deadlock_are_tried_again()
    {
        // Two rows in the order in which they are swapped, and a transaction that takes them in the other one.
        var (first, second) = (Taking("1"), Taking("2") with { Key = _key + ":2" });
        if (StoredText.Hash(StoredText.Encode(first.Key)).AsSpan().SequenceCompareTo(StoredText.Hash(StoredText.Encode(second.Key))) > 0) (first, second) = (second, first);
        await _store.SwapManyAsync([first, second], default);
        var changed = new[] { first, second }.Select(swap => swap with { Expected = 1, Version = 2, Body = "changed" }).ToList();

        await using var somebody = await LockAsync(second.Key);
        var changing = _store.SwapPatientlyAsync(changed);
        await Waiting.Until(IsBlockedAsync, "the swap waits for the second row");
        // It has the first one. Whoever has done less is the one whom the server gives up.
        var many = string.Join(", ", Enumerable.Range(0, 50).Select(i => $"(UNHEX(SHA2('{_key}:weight:{i}', 256)), 'x', 0, 0, 0, NULL, 0)"));
        await somebody.ExecuteAsync($"INSERT INTO gogoscope_locks (id, name, version, attempt, fence, body, keep_until) VALUES {many}");
        await somebody.ExecuteAsync($"SELECT version FROM gogoscope_locks WHERE id = UNHEX(SHA2('{first.Key}', 256)) FOR UPDATE");
        await somebody.ExecuteAsync("ROLLBACK");
        Assert.That((await changing.Soon()).Select(answer => answer.Version), Is.EqualTo([2L, 2L]));
    }

    /// <summary>As one of a group does, when another one has committed something else; and whatever else others can be in the way with, for a moment.</summary>
    [TestCase(3101, "40000")]
    [TestCase(1213, "40001")]
    [TestCase(1062, "23000")]
    [TestCase(1020, "HY000")]
    public async Task A_transaction_that_the_server_takes_back_when_it_commits_is_tried_again(int number, string state)
    {
        var options = NewTable();
        await using var store = new MySqlLockStore(Settings.With(_connection, ("Maximum Pool Size", 1)), options);
        await store.EnsureSchemaAsync();
        await using var direct = Driver.Open(Settings.With(_connection, ("Allow User Variables", true)));
        await direct.ExecuteAsync(
            $"CREATE TRIGGER `{options.Database}`.once BEFORE INSERT ON `{options.Database}`.`{options.Table}` FOR EACH ROW IF @refused IS NULL THEN SET @refused = 1; SIGNAL SQLSTATE '{state}' SET MYSQL_ERRNO = {number}; END IF");
        Assert.That((await store.SwapAsync(Taking("taken"), default)).Body, Is.EqualTo("taken"));
        await DropAsync(options);
    }

    [Test]
    public async Task No_swap_waits_long_for_a_row_nor_keeps_others_nor_changes_the_session([Values] bool withoutReturning)
    {
        await using var source = new SessionDataSource(Driver.Open(Settings.With(_connection, ("Maximum Pool Size", 1), ("ConnectionReset", false))), Patient(33));
        await using var store = new MySqlLockStore(source, new MySqlStoreOptions { WithoutReturning = withoutReturning });
        var swaps = Enumerable.Range(0, 10).Select(i => Taking("taken") with { Key = $"{_key}:{i}" }).ToList();
        await store.SwapManyAsync(swaps, default);
        // Not what it was when the server was looked at.
        await source.ExecuteAsync(Patient(44));
        source.Settings = "SELECT 1";

        await using var somebody = await LockAsync(swaps[3].Key);
        var renewals = swaps.ConvertAll(swap => swap with { Expected = 1, Version = 2, Body = "renewed" });
        await FailsAsync(() => store.SwapManyAsync(renewals, default).AsTask());
        await FailsAsync(() => store.SwapAsync(renewals[3], default).AsTask());
        foreach (var other in renewals.Where(swap => swap.Key != swaps[3].Key)) Assert.That((await store.SwapAsync(other, default)).Version, Is.EqualTo(2));
        await store.ReadAsync(_key, default);
        await IsAsItWasAsync();

        async Task FailsAsync(Func<Task> swap)
        {
            var error = await Assert.CatchAsync<DbException>(() => swap().Soon());
            Assert.That(ServerError.NumberOf(error!), Is.EqualTo(ServerError.LockWaitTimeout));
            await IsAsItWasAsync();
        }

        async Task IsAsItWasAsync() => Assert.That(
            await source.ExecuteAsync("SELECT CONCAT_WS(' ', @@session.innodb_lock_wait_timeout, @@session.time_zone, UTC_TIMESTAMP() < '1971-01-01')"),
            Is.EqualTo($"44 -05:30 {(withoutReturning ? 0 : 1)}"),
            "others of the pool find what they left");
    }

    [Test]
    public async Task Requests_for_a_key_whose_row_somebody_keeps_do_not_heap_up_at_the_server([Values] bool withoutReturning)
    {
        await using var source = new SessionDataSource(Driver.Open(Settings.With(_connection, ("Maximum Pool Size", 20))), Patient(33));
        await using var provider = new MySqlLockProvider(source, new MySqlStoreOptions { WithoutReturning = withoutReturning }, new LeaseOptions { StoreTimeout = TimeSpan.FromMilliseconds(700) });
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
        await (await scope.AcquireLockAsync(_key)).DisposeAsync();
        await using var somebody = await LockAsync($"lock:{_key}");
        var waiting = new List<int>();
        for (var request = 0; request < 6; request++)
        {
            await Assert.CatchAsync<LockProviderException>(() => scope.AcquireLockAsync(_key).AsTask().Soon());
            waiting.Add(await WaitingAsync());
        }
        Assert.That(waiting, Has.Some.Positive);
        Assert.That(waiting.TakeLast(3).Min(), Is.LessThanOrEqualTo(2), $"{string.Join(", ", waiting)} waited");
        await somebody.ExecuteAsync("ROLLBACK");
        await (await Again.AcquireAsync(new Lock(CancellationToken.None, new LockOptions { Key = _key, Provider = provider }))).DisposeAsync();

        async Task<int> WaitingAsync() => Convert.ToInt32(
            await _direct.ExecuteAsync($"SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT' AND LOCATE(UPPER(SHA2('lock:{_key}', 256)), trx_query) > 0"), CultureInfo.InvariantCulture);
    }

    // ---- servers ----

    [Test]
    public async Task A_session_that_may_not_write_is_named_as_what_it_is()
    {
        await using var readOnly = new SessionDataSource(Driver.Open(_connection), "SET SESSION TRANSACTION READ ONLY");
        await Assert.ThatAsync(() => new MySqlLockStore(readOnly).SwapAsync(Taking("taken"), default).AsTask(), Throws.InvalidOperationException.With.Message.Contains("read-only"));
    }

    [Test]
    public async Task A_server_that_becomes_read_only_is_named_as_what_it_is_although_the_user_may_write()
    {
        await using var server = await TestServer.MariaDb.StartOwnAsync();
        await using var store = new MySqlLockStore(server.Connection);
        await store.EnsureSchemaAsync();
        var taken = await store.SwapAsync(Taking("taken"), default);
        await using var asMySql = new MySqlLockStore(server.Connection, new MySqlStoreOptions { WithoutReturning = true });
        await asMySql.ReadAsync(_key, default);
        await using var direct = Driver.Open(server.Connection);
        await direct.ExecuteAsync("SET GLOBAL read_only = 1");
        // It was good when it was looked at.
        LockSwap[] late = [Taking("late") with { Expected = 1, Version = 2 }, Taking("refused") with { Key = "never there", Expected = 12 }];
        foreach (var good in new[] { store, asMySql })
        {
            foreach (var swap in late) await Assert.ThatAsync(() => good.SwapAsync(swap, default).AsTask(), Throws.InvalidOperationException.With.Message.Contains("read-only"));
            await Assert.ThatAsync(() => good.SwapManyAsync(late, default).AsTask(), Throws.InvalidOperationException.With.Message.Contains("read-only"));
        }
        // What it knows may be old, so it isn't read either.
        await Assert.ThatAsync(() => store.ReadAsync(_key, default).AsTask(), Throws.InvalidOperationException.With.Message.Contains("read-only").And.Message.Contains("primary"));
        await using var other = new MySqlLockStore(server.Connection);
        foreach (var call in Calls(other)) await Assert.ThatAsync(() => call(), Throws.InvalidOperationException.With.Message.Contains("read-only"));
        await direct.ExecuteAsync("CREATE USER other; GRANT SELECT, INSERT, UPDATE ON test.* TO other");
        await direct.ExecuteAsync("SET GLOBAL read_only = 0");
        await using var unprivileged = new MySqlLockStore(Settings.With(server.Connection, ("User ID", "other")));
        await unprivileged.ReadAsync(_key, default);
        Assert.That(await store.ReadAsync(_key, default) with { Now = 0 }, Is.EqualTo(taken with { Now = 0 }), "nothing was swapped meanwhile");
        await direct.ExecuteAsync("SET GLOBAL read_only = 1");
        await Assert.ThatAsync(() => unprivileged.SwapAsync(Taking("taken"), default).AsTask(), Throws.InvalidOperationException.With.Message.Contains("read-only"));
    }

    [Test]
    public async Task A_connection_that_breaks_fails_what_is_on_its_way_and_is_made_again()
    {
        await using var proxy = new CountingProxy(int.Parse(Settings.Get(_connection, "Port"), CultureInfo.InvariantCulture));
        await using var store = new MySqlLockStore(Settings.With(_connection, ("Port", proxy.Port), ("Maximum Pool Size", 1)));
        var taken = await store.SwapAsync(Taking("taken"), default);
        proxy.CutAll();
        // Not every driver has an exception of its own for it.
        var read = await store.ReadAgainAsync<Exception>(_key);
        Assert.That(read with { Now = 0 }, Is.EqualTo(taken with { Now = 0 }));
    }

    [Test]
    public async Task A_connection_that_takes_one_statement_at_a_time_is_named_as_what_it_is()
    {
        await using var proxy = new CountingProxy(int.Parse(Settings.Get(_connection, "Port"), CultureInfo.InvariantCulture));
        // The client's answer to the server's greeting, the packet of number 1, says whether a text may have several statements.
        proxy.Changes = static sent =>
        {
            if (sent.Span[3] == 1) sent.Span[6] &= 0xFE;
        };
        await using var store = new MySqlLockStore(Settings.With(_connection, ("Port", proxy.Port), ("SslMode", "None")));
        foreach (var call in Calls(store).Prepend(() => store.EnsureSchemaAsync()))
            await Assert.ThatAsync(() => call(), Throws.InvalidOperationException.With.Message.StartsWith("Several statements in one text were refused").And.Message.Contains("AllowBatch"));
    }

    [TestCase(0, 30)]
    [TestCase(7, 7)]
    public async Task No_statement_of_who_has_given_up_keeps_its_connection_for_ever(int timeout, int expected)
    {
        await using var source = Driver.Open(Settings.With(_connection, ("Default Command Timeout", timeout)));
        await using var connection = await source.OpenConnectionAsync();
        await using var command = Statements.Command(connection, "SELECT 1");
        Assert.That(command.CommandTimeout, Is.EqualTo(expected));
    }

    [Test]
    public async Task A_server_that_tells_its_replicas_statements_is_refused()
    {
        await using var server = await TestServer.MariaDb.StartOwnAsync("--log-bin", "--server-id=1", "--binlog-format=STATEMENT");
        await using var store = new MySqlLockStore(server.Connection);
        foreach (var call in Calls(store)) await Assert.ThatAsync(() => call(), Throws.InvalidOperationException.With.Message.Contains("binlog_format is STATEMENT: set it to MIXED or ROW"));
    }

    [TestCase("10.11.6-MariaDB-log", true)]
    [TestCase("5.5.5-10.6.12-MariaDB", true)]
    [TestCase("12.0.1-mariadb-ubu2404", true)]
    [TestCase("10.5.9-MariaDB", false)]
    [TestCase("8.0.36", false)]
    [TestCase("11.2.0-Aurora", false)]
    [TestCase("5.7", false)]
    [TestCase("strange", false)]
    public void Only_a_MariaDB_that_can_is_asked_to_answer_with_the_row(string version, bool returns) =>
        Assert.That(Server.Of(version, commitsByItself: true).Returns, Is.EqualTo(returns));

    // ---- options ----

    [Test]
    public void Bad_input_is_refused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => new MySqlLockStore((DbDataSource)null!), Throws.ArgumentNullException);
            Assert.That(() => new MySqlLockStore(" "), Throws.ArgumentException);
            Assert.That(() => new MySqlLockStore("Nonsense=1"), Throws.InstanceOf<ArgumentException>());
            foreach (var bad in new[] { "", "a\0b", "a ", "😀", new string('x', 65) })
            {
                Assert.That(() => new MySqlStoreOptions { Table = bad }, Throws.InstanceOf<ArgumentException>());
                Assert.That(() => new MySqlStoreOptions { Database = bad }, Throws.InstanceOf<ArgumentException>());
            }
            Assert.That(() => new MySqlStoreOptions { Table = null! }, Throws.ArgumentNullException);
            Assert.That(new MySqlStoreOptions { Table = new string('鍵', 64) }.Table, Has.Length.EqualTo(64));
        });
    }

    private Func<Task>[] Calls(MySqlLockStore store) => [() => store.ReadAsync(_key, default).AsTask(), () => store.SwapAsync(Taking("taken"), default).AsTask()];

    private async Task<DbConnection> LockAsync(string? key = null)
    {
        var connection = await _direct.OpenConnectionAsync();
        await connection.ExecuteAsync($"START TRANSACTION; SELECT version FROM gogoscope_locks WHERE id = UNHEX(SHA2('{key ?? _key}', 256)) FOR UPDATE");
        return connection;
    }

    private async Task<bool> IsBlockedAsync() =>
        Convert.ToInt64(await _direct.ExecuteAsync("SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'Innodb_row_lock_current_waits'"), CultureInfo.InvariantCulture) > 0;

    /// <summary>A session in which a swap must not wait as long as others may.</summary>
    private static string Patient(int seconds) => $"SET SESSION innodb_lock_wait_timeout = {seconds}, time_zone = '-05:30', timestamp = 1";

    private Task<object?> DropAsync(MySqlStoreOptions options) => _direct.ExecuteAsync($"DROP DATABASE `{options.Database}`");

    private static MySqlStoreOptions NewTable() => new() { Database = $"Test {Guid.NewGuid():N}", Table = "locks" };

    private LockSwap Taking(string body) =>
        new() { Key = _key, Expected = 0, Version = 1, Body = body, Draw = 1, NotAfter = long.MaxValue, KeepUntil = 4_102_444_800_000_000 };
}
