using Npgsql;

namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>
/// A swap that has to wait for a row looks at the clock before it waits, and PostgreSQL doesn't let it look again if the row was
/// only locked: it must have no effect all the same if it was too late then, and not wait for longer than it can have one.
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
        _direct = NpgsqlDataSource.Create($"{await TestServer.Postgres.ConnectionAsync()};Maximum Pool Size=10;Command Timeout=600");
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
    public async Task A_swap_waits_for_a_row_until_it_is_too_late_and_no_longer()
    {
        var taken = await _store.SwapAsync(Swap(0, 1, "taken", long.MaxValue), default);
        var (connection, transaction) = await LockAsync("SELECT FROM gogoscope_locks WHERE encode(name, 'escape') = $1 FOR SHARE");
        await EndsWithoutEffectAsync(Swap(1, 2, "late", taken.Now + 200_000));
        await transaction.CommitAsync();
        await connection.DisposeAsync();
        Assert.That(await _store.ReadAsync(_key, default), Is.EqualTo(taken).Using<StoredRecord>((a, b) => a with { Now = 0 } == b with { Now = 0 }));
    }

    [Test]
    public async Task A_swap_waits_for_a_row_to_be_made_until_it_is_too_late_and_no_longer()
    {
        // Somebody takes the key at the same time, and then doesn't.
        var (connection, transaction) = await LockAsync("INSERT INTO gogoscope_locks VALUES (sha256(convert_to($1, 'UTF8')), convert_to($1, 'UTF8'), 9, 9, NULL, 0)");
        await EndsWithoutEffectAsync(Swap(0, 2, "late", (await _store.ReadAsync(_key, default)).Now + 200_000));
        await transaction.RollbackAsync();
        await connection.DisposeAsync();
        Assert.That((await _store.ReadAsync(_key, default)).Version, Is.Zero);
    }

    [Test]
    public async Task A_swap_alone_waits_for_as_long_as_it_can_have_an_effect_and_several_briefly()
    {
        await _store.SwapAsync(Swap(0, 1, "taken", long.MaxValue), default);
        var (connection, transaction) = await LockAsync("SELECT FROM gogoscope_locks WHERE encode(name, 'escape') = $1 FOR SHARE");
        var alone = _store.SwapAsync(Swap(1, 2, "alone", long.MaxValue), default).AsTask();
        LockSwap[] several = [Swap(1, 3, "several", long.MaxValue), Swap(0, 4, "other", long.MaxValue) with { Key = _key + ":other" }];
        await Assert.ThatAsync(() => _store.SwapManyAsync(several, default).Soon(), Throws.InstanceOf<PostgresException>().With.Property("SqlState").EqualTo(PostgresErrorCodes.LockNotAvailable));
        Assert.That(alone.IsCompleted, Is.False);
        await transaction.CommitAsync();
        await connection.DisposeAsync();
        Assert.That((await alone.Soon()).Version, Is.EqualTo(2));
        Assert.That((await _store.SwapManyAsync(several, default)).Select(answer => answer.Version), Is.EqualTo([2L, 4L]), "each by itself");
    }

    /// <summary>Between the look at the clock and the change a trigger lets the time pass, as a wait for a row may that ends just then.</summary>
    [Test]
    public async Task A_change_that_came_too_late_is_undone_and_those_beside_it_are_not()
    {
        var options = new PostgresStoreOptions { Schema = $"Test {Guid.NewGuid():N}", Table = "locks" };
        var store = new PostgresLockStore(_direct, options);
        await store.EnsureSchemaAsync();
        var notAfter = (await store.SwapAsync(Swap(0, 1, "taken", long.MaxValue), default)).Now + 500_000;
        await ExecuteAsync(
            $"""
            CREATE FUNCTION "{options.Schema}".linger() RETURNS trigger LANGUAGE plpgsql AS $$
              BEGIN
                PERFORM pg_sleep_until(to_timestamp({notAfter + 1_000} / 1e6));
                RETURN NEW;
              END $$;
            CREATE TRIGGER linger BEFORE INSERT OR UPDATE ON "{options.Schema}"."locks" FOR EACH ROW EXECUTE FUNCTION "{options.Schema}".linger()
            """);
        var alone = store.SwapAsync(Swap(1, 2, "late", notAfter), default).AsTask();
        var made = store.SwapAsync(Swap(0, 3, "late", notAfter) with { Key = _key + ":made" }, default).AsTask();
        var several = store.SwapManyAsync([Swap(0, 4, "late", notAfter) with { Key = _key + ":several" }, Swap(0, 5, "other", long.MaxValue) with { Key = _key + ":other" }], default).AsTask();
        Assert.That((await alone.Soon()).Version, Is.EqualTo(1));
        Assert.That((await made.Soon()).Version, Is.Zero);
        Assert.That((await several.Soon()).Select(answer => answer.Version), Is.EqualTo([0L, 5L]));
        Assert.That((await store.ReadAsync(_key, default)).Body, Is.EqualTo("taken"));
        await ExecuteAsync($"DROP SCHEMA \"{options.Schema}\" CASCADE");
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

    /// <summary>While the row is kept. On a machine that was slow it did not even begin to wait.</summary>
    private async Task EndsWithoutEffectAsync(LockSwap late)
    {
        try
        {
            Assert.That((await _store.SwapAsync(late, default).Soon()).Version, Is.EqualTo(late.Expected));
        }
        catch (PostgresException error)
        {
            Assert.That(error.SqlState, Is.EqualTo(PostgresErrorCodes.LockNotAvailable));
        }
        Assert.That((await _store.ReadAsync(_key, default)).Now, Is.GreaterThanOrEqualTo(late.NotAfter), "it could have an effect no longer");
    }

    private async Task<(NpgsqlConnection Connection, NpgsqlTransaction Transaction)> LockAsync(string text)
    {
        var connection = await _direct.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var locking = new NpgsqlCommand(text, connection, transaction) { Parameters = { new() { Value = _key } } };
        await locking.ExecuteNonQueryAsync();
        return (connection, transaction);
    }

    private async Task ExecuteAsync(string text)
    {
        await using var command = _direct.CreateCommand(text);
        await command.ExecuteNonQueryAsync();
    }

    private Task UntilItIsAsync(long time) => Waiting.Until(async () => (await _store.ReadAsync(_key, default)).Now > time, "that time has come");

    private LockSwap Swap(long expected, long version, string body, long notAfter) =>
        new() { Key = _key, Expected = expected, Version = version, Body = body, Draw = 1, NotAfter = notAfter, KeepUntil = 4_102_444_800_000_000 };
}
