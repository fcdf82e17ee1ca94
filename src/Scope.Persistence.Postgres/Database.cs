using System.Transactions;
using Npgsql;

namespace GoGoScope.Persistence.Postgres;

/// <summary>Connections, and which errors mean "try again", and which ones the user has to be told about in other words.</summary>
internal sealed class Database(NpgsqlDataSource dataSource, Table table, Schema schema)
{
    private const int Attempts = 20;
    private const int LongestPauseMs = 50;

    /// <summary>Does <paramref name="work"/> on a connection, with a table that is as the options say; again if it failed by something that goes away by itself.</summary>
    internal Task<T> RunAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        return schema.IsChecked ? RunUncheckedAsync(work, cancellationToken) : RunUncheckedAsync(CheckFirstAsync, cancellationToken);

        async Task<T> CheckFirstAsync(NpgsqlConnection connection, CancellationToken cancel)
        {
            await schema.CheckAsync(connection, cancel).ConfigureAwait(false);
            return await work(connection, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>As <see cref="RunAsync"/>, whatever the table is.</summary>
    internal async Task<T> RunUncheckedAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var connection = await OpenAsync(dataSource, cancellationToken).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false)) return await work(connection, cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException e) when (attempt < Attempts && GoesAway(e))
            {
                // Not all again at the same moment.
                var pause = Random.Shared.Next(1 + Math.Min(LongestPauseMs, 1 << attempt));
                await Task.Delay(TimeSpan.FromMilliseconds(pause), TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException e) when (Explain(e) is { } explained)
            {
                throw explained;
            }
        }
    }

    /// <summary>
    /// A connection that takes no part in the caller's transaction: a lock that is taken in it would be taken when the
    /// transaction ends, and not at all if it is rolled back.
    /// </summary>
    internal static async ValueTask<NpgsqlConnection> OpenAsync(NpgsqlDataSource from, CancellationToken cancellationToken)
    {
        if (Transaction.Current is null) return await from.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        using var alone = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
        var connection = await from.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        alone.Complete();
        return connection;
    }

    internal InvalidOperationException ReadOnly(Exception? inner) =>
        new($"The database of {table.Name} is read-only, a standby perhaps, and locks have to be written: connect to the primary (Target Session Attributes=primary).", inner);

    private static bool GoesAway(PostgresException e) => e.SqlState is
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.UniqueViolation
        // A swap that had to wait until it was too late; what is there now is told the next time.
        or PostgresErrorCodes.DivisionByZero;

    internal InvalidOperationException? Explain(PostgresException e) => e.SqlState switch
    {
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName => new InvalidOperationException(
            $"The table {table.Name} does not exist: call {nameof(PostgresLockStore)}.{nameof(PostgresLockStore.EnsureSchemaAsync)} once, or run what {nameof(PostgresLockStore.CreateSchemaScript)} gives.", e),
        PostgresErrorCodes.ReadOnlySqlTransaction => ReadOnly(e),
        _ => null,
    };
}
