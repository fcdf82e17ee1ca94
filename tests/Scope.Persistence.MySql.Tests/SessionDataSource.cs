using System.Data.Common;

namespace GoGoScope.Persistence.MySql.Tests;

/// <summary>A data source of somebody's own, around another one: each connection is given some settings when it is opened.</summary>
internal sealed class SessionDataSource(DbDataSource inner, string settings) : DbDataSource
{
    /// <summary>Whether anybody who has opened a connection may have it cut short.</summary>
    internal bool WasCancellable { get; private set; }

    /// <summary>Those of the next connection.</summary>
    internal string Settings { get; set; } = settings;

    public override string ConnectionString => inner.ConnectionString;

    protected override DbConnection CreateDbConnection() => inner.CreateConnection();

    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default)
    {
        WasCancellable |= cancellationToken.CanBeCanceled;
        var connection = await inner.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = connection.CreateCommand();
            command.CommandText = Settings;
            await command.ExecuteNonQueryAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await inner.DisposeAsync();
        await base.DisposeAsyncCore();
    }
}
