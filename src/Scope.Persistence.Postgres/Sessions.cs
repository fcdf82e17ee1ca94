using System.Transactions;
using Npgsql;

namespace GoGoScope.Persistence.Postgres;

/// <summary>Sessions that no call uses at the moment. Their connections are closed, that is, with the pool of the driver.</summary>
internal sealed class Sessions(Func<Session> create)
{
    // Calls beyond that have sessions of their own, that nobody keeps.
    private const int Kept = 32;

    private readonly System.Threading.Lock _gate = new();
    private readonly Stack<Session> _idle = new();

    /// <summary>One for a call, with an open connection; to be given back by <see cref="GiveBackAsync"/>, or disposed if anything went wrong with it.</summary>
    internal async ValueTask<Session> OpenAsync(CancellationToken cancellationToken)
    {
        Session? session;
        lock (_gate) _idle.TryPop(out session);
        session ??= create();
        await OpenAsync(session.Connection, cancellationToken).ConfigureAwait(false);
        return session;
    }

    internal async ValueTask GiveBackAsync(Session session)
    {
        await session.Connection.CloseAsync().ConfigureAwait(false);
        lock (_gate)
        {
            if (_idle.Count < Kept) _idle.Push(session);
        }
    }

    /// <summary>
    /// Opens a connection that takes no part in the caller's transaction: a lock that is taken in it would be taken when the
    /// transaction ends, and not at all if it is rolled back.
    /// </summary>
    internal static Task OpenAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        return !IsInTransaction ? connection.OpenAsync(cancellationToken) : OpenAloneAsync();

        async Task OpenAloneAsync()
        {
            using var alone = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            alone.Complete();
        }
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
}
