using System.Data.Common;

namespace GoGoScope.Benchmarks.Stores.Servers;

/// <summary>
/// A pair: a session's named lock and its release, of which nothing is written and which nobody but its session can
/// keep. Once: a statement that does nothing.
/// </summary>
internal sealed class NamedLockFloor(DbDataSource dataSource) : IFloor
{
    public async Task PairAsync()
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        await RunAsync(connection, "DO GET_LOCK('floor', 10)");
        await RunAsync(connection, "DO RELEASE_LOCK('floor')");
    }

    public async Task OnceAsync()
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        await RunAsync(connection, "DO 1");
    }

    public ValueTask DisposeAsync() => dataSource.DisposeAsync();

    private static async Task RunAsync(DbConnection connection, string text)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = text;
        await command.ExecuteNonQueryAsync();
    }
}
