using System.Data.Common;

namespace GoGoScope.Persistence.MySql.Tests;

/// <summary>A swap that has to wait for a row must have no effect if it was too late then.</summary>
[TestFixture(false, false)]
[TestFixture(false, true)]
[TestFixture(true, false)]
public sealed class LateSwapTests(bool withoutReturning, bool prepared)
{
    private DbDataSource _direct = null!;
    private MySqlLockStore _store = null!;
    private string _key = "";

    private string Id => $"UNHEX(SHA2('{_key}', 256))";

    [SetUp]
    public async Task Connect()
    {
        _direct = Driver.Open(await TestServer.MariaDb.ConnectionAsync());
        _store = new MySqlLockStore(_direct, new MySqlStoreOptions { WithoutReturning = withoutReturning, PrepareStatements = prepared });
        _key = $"late:{Guid.NewGuid():N}";
        await _store.EnsureSchemaAsync();
    }

    [TearDown]
    public async Task Disconnect()
    {
        if (_store is not null) await _store.DisposeAsync();
        if (_direct is not null) await _direct.DisposeAsync();
    }

    [Test]
    public async Task A_swap_that_has_waited_for_a_row_until_it_was_too_late_has_no_effect()
    {
        var taken = await _store.SwapAsync(Swap(0, 1, "taken", long.MaxValue), default);
        await using var somebody = await LockAsync($"SELECT version FROM gogoscope_locks WHERE id = {Id} FOR UPDATE");
        var notAfter = taken.Now + 200_000;
        var late = _store.SwapPatientlyAsync([Swap(1, 2, "late", notAfter)]);
        var many = _store.SwapPatientlyAsync([Swap(1, 3, "late", notAfter), Swap(0, 4, "other", long.MaxValue) with { Key = _key + ":other" }]);
        await UntilItIsAsync(notAfter);
        await somebody.ExecuteAsync("COMMIT");

        Assert.That((await late.Soon())[0].Version, Is.EqualTo(1));
        Assert.That((await many.Soon()).Select(answer => answer.Version), Is.EqualTo([1L, 4L]), "each by itself");
        Assert.That(await _store.ReadAsync(_key, default) with { Now = 0 }, Is.EqualTo(taken with { Now = 0 }));
    }

    [Test]
    public async Task A_swap_that_has_waited_for_a_row_to_be_made_until_it_was_too_late_has_no_effect()
    {
        // Somebody takes the key at the same time, and then doesn't.
        await using var somebody = await LockAsync($"INSERT INTO gogoscope_locks (id, name, version, attempt, fence, body, keep_until) VALUES ({Id}, '{_key}', 9, 9, 9, NULL, 0)");
        var notAfter = (await _store.ReadAsync(_key, default)).Now + 200_000;
        var late = _store.SwapPatientlyAsync([Swap(0, 2, "late", notAfter)]);
        await UntilItIsAsync(notAfter);
        await somebody.ExecuteAsync("ROLLBACK");
        Assert.That((await late.Soon())[0].Version, Is.Zero);
        Assert.That((await _store.ReadAsync(_key, default)).Version, Is.Zero);
    }

    [Test]
    public async Task A_swap_that_has_waited_for_a_row_is_in_time_when_it_gets_it()
    {
        var taken = await _store.SwapAsync(Swap(0, 1, "taken", long.MaxValue), default);
        await using var somebody = await LockAsync($"SELECT version FROM gogoscope_locks WHERE id = {Id} FOR UPDATE");
        var early = _store.SwapPatientlyAsync([Swap(1, 2, "in time", long.MaxValue) with { NotBefore = taken.Now + 200_000 }]);
        await UntilItIsAsync(taken.Now + 200_000);
        await somebody.ExecuteAsync("COMMIT");
        Assert.That((await early.Soon())[0].Version, Is.EqualTo(2));
    }

    [Test]
    public async Task A_swap_that_is_repeated_when_it_is_too_late_is_told_what_it_did()
    {
        var now = (await _store.ReadAsync(_key, default)).Now;
        var swap = Swap(0, 1, "taken", now + 200_000);
        var taken = await _store.SwapAsync(swap, default);
        await UntilItIsAsync(swap.NotAfter);
        Assert.That(await _store.SwapAsync(swap, default) with { Now = 0 }, Is.EqualTo(taken with { Now = 0 }));
    }

    private async Task<DbConnection> LockAsync(string text)
    {
        var connection = await _direct.OpenConnectionAsync();
        await connection.ExecuteAsync($"START TRANSACTION; {text}");
        return connection;
    }

    private Task UntilItIsAsync(long time) => Waiting.Until(async () => (await _store.ReadAsync(_key, default)).Now > time, "that time has come");

    private LockSwap Swap(long expected, long version, string body, long notAfter) =>
        new() { Key = _key, Expected = expected, Version = version, Body = body, Draw = 1, NotAfter = notAfter, KeepUntil = 4_102_444_800_000_000 };
}
