using Npgsql;

namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>
/// A swap that has to wait for a row looks at the clock before it waits, and PostgreSQL doesn't let it look again if the row was
/// only locked: it must have no effect all the same if it was too late then.
/// </summary>
[TestFixture]
public sealed class LateSwapTests
{
    private NpgsqlDataSource _direct = null!;
    private PostgresLockStore _store = null!;
    private string _key = "";

    [SetUp]
    public async Task Connect()
    {
        _direct = NpgsqlDataSource.Create($"{await TestServer.Postgres.ConnectionAsync()};Maximum Pool Size=10");
        _store = new PostgresLockStore(_direct);
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
        var (connection, transaction) = await LockAsync("SELECT FROM gogoscope_locks WHERE encode(name, 'escape') = $1 FOR SHARE");
        var notAfter = taken.Now + 200_000;
        var late = _store.SwapAsync(Swap(1, 2, "late", notAfter), default).AsTask();
        LockSwap[] swaps = [Swap(1, 3, "late", notAfter), Swap(0, 4, "other", long.MaxValue) with { Key = _key + ":other" }];
        var many = _store.SwapManyAsync(swaps, default).AsTask();
        await UntilItIsAsync(notAfter);
        await transaction.CommitAsync();
        await connection.DisposeAsync();

        Assert.That((await late.Soon()).Version, Is.EqualTo(1));
        Assert.That((await ManyAsync()).Select(answer => answer.Version), Is.EqualTo([1L, 4L]), "each by itself");
        Assert.That(await _store.ReadAsync(_key, default), Is.EqualTo(taken).Using<StoredRecord>((a, b) => a with { Now = 0 } == b with { Now = 0 }));

        async Task<IReadOnlyList<StoredRecord>> ManyAsync()
        {
            try
            {
                return await many.Soon();
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                // Several at once wait for a row for a quarter of a second only.
                return await _store.SwapManyAsync(swaps, default).Soon();
            }
        }
    }

    [Test]
    public async Task A_swap_that_has_waited_for_a_row_to_be_made_until_it_was_too_late_has_no_effect()
    {
        // Somebody takes the key at the same time, and then doesn't.
        var (connection, transaction) = await LockAsync("INSERT INTO gogoscope_locks VALUES (sha256(convert_to($1, 'UTF8')), convert_to($1, 'UTF8'), 9, 9, NULL, 0)");
        var notAfter = (await _store.ReadAsync(_key, default)).Now + 200_000;
        var late = _store.SwapAsync(Swap(0, 2, "late", notAfter), default).AsTask();
        await UntilItIsAsync(notAfter);
        await transaction.RollbackAsync();
        await connection.DisposeAsync();
        Assert.That((await late.Soon()).Version, Is.Zero);
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

    private async Task<(NpgsqlConnection Connection, NpgsqlTransaction Transaction)> LockAsync(string text)
    {
        var connection = await _direct.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var locking = new NpgsqlCommand(text, connection, transaction) { Parameters = { new() { Value = _key } } };
        await locking.ExecuteNonQueryAsync();
        return (connection, transaction);
    }

    private Task UntilItIsAsync(long time) => Waiting.Until(async () => (await _store.ReadAsync(_key, default)).Now > time, "that time has come");

    private LockSwap Swap(long expected, long version, string body, long notAfter) =>
        new() { Key = _key, Expected = expected, Version = version, Body = body, Draw = 1, NotAfter = notAfter, KeepUntil = 4_102_444_800_000_000 };
}
