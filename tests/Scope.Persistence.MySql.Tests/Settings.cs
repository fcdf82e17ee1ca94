using System.Data.Common;

namespace GoGoScope.Persistence.MySql.Tests;

/// <summary>Connection strings, and what is said to the server past the store, with any driver.</summary>
internal static class Settings
{
    internal static string With(string connection, params (string Name, object Value)[] settings)
    {
        var all = new DbConnectionStringBuilder { ConnectionString = connection };
        foreach (var (name, value) in settings) all[name] = value;
        return all.ConnectionString;
    }

    internal static string Get(string connection, string name) => $"{new DbConnectionStringBuilder { ConnectionString = connection }[name]}";

    internal static async Task<object?> ExecuteAsync(this DbDataSource source, string text)
    {
        await using var command = source.CreateCommand(text);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>As <see cref="MySqlLockStore.SwapManyAsync"/>, which waits for a row for a second only: asked again for as long as that takes.</summary>
    internal static Task<IReadOnlyList<StoredRecord>> SwapPatientlyAsync(this MySqlLockStore store, IReadOnlyList<LockSwap> swaps) => Again.SwapManyAsync(store, swaps, HasWaitedForARow);

    internal static bool HasWaitedForARow(Exception failure) => failure is DbException error && ServerError.NumberOf(error) == ServerError.LockWaitTimeout;

    internal static async Task<object?> ExecuteAsync(this DbConnection connection, string text)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = text;
        return await command.ExecuteScalarAsync();
    }
}
