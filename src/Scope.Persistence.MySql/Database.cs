using System.Data.Common;
using System.Transactions;

namespace GoGoScope.Persistence.MySql;

/// <summary>Connections, and which errors mean "try again", and which ones the user has to be told about in other words.</summary>
internal sealed class Database(DbDataSource dataSource, Table table, Schema schema)
{
    private const int Attempts = 20;
    private const int LongestPauseMs = 50;

    /// <summary>Does <paramref name="work"/> on a connection, with a server and a table that will do; again if it failed by something that goes away by itself.</summary>
    internal Task<T> RunAsync<T>(Func<DbConnection, Server, Task<T>> work, CancellationToken cancellationToken) =>
        RunUncheckedAsync(
            async connection =>
            {
                var server = schema.Server ?? await schema.CheckAsync(connection).ConfigureAwait(false);
                return await work(connection, server).ConfigureAwait(false);
            },
            cancellationToken);

    /// <summary>As <see cref="RunAsync"/>, whatever the server and the table are.</summary>
    internal async Task<T> RunUncheckedAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // Who has cancelled it does not wait for what becomes of it.
                return await OnceAsync(work, cancellationToken).OrCancelledAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (DbException e) when (attempt < Attempts && GoesAway(e))
            {
                if (MayBeAnother(e)) schema.LookAgain();
                // Not all again at the same moment.
                var pause = Random.Shared.Next(1 + Math.Min(LongestPauseMs, 1 << attempt));
                await Task.Delay(TimeSpan.FromMilliseconds(pause), TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
            catch (DbException e) when (attempt < Attempts && IsAgainstPreparing(e))
            {
                // Nothing was done: it is done without.
                schema.PrepareNoMore();
            }
            catch (DbException e) when (Explain(e) is { } explained)
            {
                throw explained;
            }
        }
    }

    /// <summary>
    /// Does it to its end, if it was not given up before a connection was there. Drivers cut a command short by KILL QUERY on another connection:
    /// that may come late and hit whatever the connection does next, and between two statements of one text it lets the server forget the
    /// rest, so that the driver waits for an answer that does not come, on a transaction that keeps its rows.
    /// </summary>
    private async Task<T> OnceAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync().ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            return await work(connection).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// A connection that takes no part in the caller's transaction: a lock that is taken in it would be taken when the
    /// transaction ends, and not at all if it is rolled back.
    /// </summary>
    private async ValueTask<DbConnection> OpenAsync()
    {
        // A data source of the application's own may send commands for it.
        if (!IsInTransaction) return await dataSource.OpenConnectionAsync(CancellationToken.None).ConfigureAwait(false);
        using var alone = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
        var connection = await dataSource.OpenConnectionAsync(CancellationToken.None).ConfigureAwait(false);
        alone.Complete();
        return connection;
    }

    private static bool IsInTransaction
    {
        get
        {
            try
            {
                return Transaction.Current is not null;
            }
            catch (InvalidOperationException)
            {
                // It is complete, and its end is still to come, after that of a guard that was acquired in it, say.
                return true;
            }
        }
    }

    // Not a row that somebody keeps: that goes away when they want it to, and meanwhile the caller knows how long it may be waited for, and asks again.
    private static bool GoesAway(DbException error) => ServerError.NumberOf(error) is
        ServerError.Deadlock or ServerError.DuplicateKey or ServerError.RecordChanged or ServerError.RolledBackAtCommit or ServerError.MustBePreparedAgain
        || MayBeAnother(error);

    // A swap that was undone: it had to wait until it was too late, and what is there now is told the next time; or the server has become read-only, or
    // a transaction is open. The latter also if a read says so.
    private static bool MayBeAnother(DbException error) => ServerError.NumberOf(error) is ServerError.OutOfRange or ServerError.TransactionIsOpen;

    private static bool IsAgainstPreparing(DbException error) => ServerError.NumberOf(error) is
        ServerError.UnknownStatement or ServerError.CannotBePrepared or ServerError.TooManyPrepared;

    private InvalidOperationException? Explain(DbException error) => ServerError.NumberOf(error) switch
    {
        ServerError.NoTable or ServerError.UnknownDatabase => new InvalidOperationException(
            $"The table {table.Name} does not exist: call {nameof(MySqlLockStore)}.{nameof(MySqlLockStore.EnsureSchemaAsync)} once, or run what {nameof(MySqlLockStore.CreateSchemaScript)} gives.", error),
        ServerError.NoDatabase => table.NoDatabase(error),
        ServerError.ReadOnlyServer or ServerError.ReadOnlyTransaction or ServerError.ReadOnlyMode => table.ReadOnly(error),
        ServerError.BinaryLogFormat => table.BinaryLogFormat(error),
        _ => null,
    };
}
