using Npgsql;

namespace GoGoScope.Benchmarks.Stores.Servers;

/// <summary>
/// A pair: a session's advisory lock and its release, of which nothing is written and which nobody but its session can
/// keep. Once: a statement that does nothing.
/// </summary>
internal sealed class AdvisoryFloor(NpgsqlDataSource dataSource) : IFloor
{
    public async Task PairAsync()
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        await RunAsync(connection, "SELECT pg_advisory_lock(4711)");
        await RunAsync(connection, "SELECT pg_advisory_unlock(4711)");
    }

    public async Task OnceAsync()
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        await RunAsync(connection, "SELECT 1");
    }

    public ValueTask DisposeAsync() => dataSource.DisposeAsync();

    private static async Task RunAsync(NpgsqlConnection connection, string text)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync();
    }
}
