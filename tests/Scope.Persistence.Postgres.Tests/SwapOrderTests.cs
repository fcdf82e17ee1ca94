using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>Several swaps at once take their rows in one order, whatever order they are given in, so that nobody waits in a circle.</summary>
[TestFixture]
public sealed class SwapOrderTests
{
    private const string Row = "FROM gogoscope_locks WHERE encode(name, 'escape') = $1 FOR UPDATE";

    [Test]
    public async Task Who_waits_for_the_first_row_has_locked_none_of_the_others()
    {
        await using var direct = NpgsqlDataSource.Create(await TestServer.Postgres.ConnectionAsync());
        await using var store = new PostgresLockStore(direct);
        await store.EnsureSchemaAsync();
        var test = Guid.NewGuid().ToString("N");
        string[] keys = [.. new[] { $"a:{test}", $"b:{test}" }.OrderBy(key => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key))), StringComparer.Ordinal)];
        foreach (var key in keys) await store.SwapAsync(Swap(key, expected: 0, version: 1), default);

        await using var holding = await direct.OpenConnectionAsync();
        await using var transaction = await holding.BeginTransactionAsync();
        await LockAsync(holding, $"SELECT {Row}", keys[0]);
        var swapping = store.SwapManyAsync([Swap(keys[1], 1, 2), Swap(keys[0], 1, 2)], default).AsTask();
        await Waiting.Until(async () => swapping.IsCompleted || await IsBlockedAsync(direct), "they wait");
        await using (var other = await direct.OpenConnectionAsync()) await LockAsync(other, $"SELECT {Row} NOWAIT", keys[1]);
        await transaction.RollbackAsync();

        // They may have given up by now.
        await ((Task)swapping.Soon()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task LockAsync(NpgsqlConnection connection, string text, string key)
    {
        await using var locking = new NpgsqlCommand(text, connection) { Parameters = { new() { Value = key } } };
        await locking.ExecuteNonQueryAsync();
    }

    private static async Task<bool> IsBlockedAsync(NpgsqlDataSource direct)
    {
        await using var look = direct.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%gogoscope_locks%'");
        return (long)(await look.ExecuteScalarAsync())! > 0;
    }

    private static LockSwap Swap(string key, long expected, long version) =>
        new() { Key = key, Expected = expected, Version = version, Body = "taken", Draw = 1, NotAfter = long.MaxValue, KeepUntil = 4_102_444_800_000_000 };
}
