using Npgsql;

namespace GoGoScope.Persistence.Postgres;

/// <summary>Connections, and which errors mean "try again", and which ones the user has to be told about in other words.</summary>
internal sealed class Database(NpgsqlDataSource dataSource, Table table, Schema schema, Preparing preparing)
{
    private const int Attempts = 20;
    private const int LongestPauseMs = 50;

    private readonly Sessions _sessions = new(() => new Session(dataSource.CreateConnection(), table, preparing));

    /// <summary>Does <paramref name="work"/> on a connection, with a table that is as the options say; again if it failed by something that goes away by itself.</summary>
    internal ValueTask<T> RunAsync<T>(Func<Session, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken) =>
        schema.IsChecked ? RunUncheckedAsync(work, cancellationToken) : CheckFirstAsync(work, cancellationToken);

    /// <summary>As <see cref="RunAsync"/>, whatever the table is.</summary>
    internal async ValueTask<T> RunUncheckedAsync<T>(Func<Session, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await RunOnceAsync(work, cancellationToken).ConfigureAwait(false);
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

    private ValueTask<T> CheckFirstAsync<T>(Func<Session, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        return RunUncheckedAsync(WorkAsync, cancellationToken);

        async ValueTask<T> WorkAsync(Session session, CancellationToken cancel)
        {
            await schema.CheckAsync(session.Connection, cancel).ConfigureAwait(false);
            return await work(session, cancel).ConfigureAwait(false);
        }
    }

    private async ValueTask<T> RunOnceAsync<T>(Func<Session, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        var session = await _sessions.OpenAsync(cancellationToken).ConfigureAwait(false);
        T result;
        try
        {
            result = await RunPreparedAsync(session, work, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // What a failure has left in it nobody shall meet.
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        await _sessions.GiveBackAsync(session).ConfigureAwait(false);
        return result;
    }

    private async ValueTask<T> RunPreparedAsync<T>(Session session, Func<Session, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        session.Begin(mayPrepare: true);
        try
        {
            return await work(session, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (session.IsPrepared && Preparing.IsLoss(e))
        {
            await preparing.RecoverAsync(session, e, cancellationToken).ConfigureAwait(false);
            session.Begin(mayPrepare: false);
            return await work(session, cancellationToken).ConfigureAwait(false);
        }
    }

    internal InvalidOperationException ReadOnly(Exception? inner) =>
        new($"The database of {table.Name} is read-only, a standby perhaps, and locks have to be written: connect to the primary (with several hosts by Target Session Attributes=primary, or a data source by WithTargetSession).", inner);

    private static bool GoesAway(PostgresException e) => e.SqlState is
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.UniqueViolation
        // A swap that had to wait until it was too late; what is there now is told the next time.
        or PostgresErrorCodes.DivisionByZero;

    internal InvalidOperationException? Explain(PostgresException e) => e.SqlState switch
    {
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName => new InvalidOperationException(
            $"The table {table.Name} does not exist: call {nameof(PostgresLockStore)}.{nameof(PostgresLockStore.EnsureSchemaAsync)} once, or run what {nameof(PostgresLockStore.CreateSchemaScript)} gives.", e),
        PostgresErrorCodes.ReadOnlySqlTransaction => ReadOnly(e),
        // A standby refuses an unlogged table before it looks at what is to be done with it: where a statement is planned.
        PostgresErrorCodes.FeatureNotSupported when table.IsUnlogged && e.Routine == "get_relation_info" => ReadOnly(e),
        _ => null,
    };
}
