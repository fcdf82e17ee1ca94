using System.Collections.Concurrent;
using Npgsql;

namespace GoGoScope.Persistence.Postgres;

/// <summary>
/// On which connections statements are prepared by name: on those whose server has said that it is the one that the driver has
/// connected to. A transaction pooler stands in between, and gives each transaction to whatever server process is free, which
/// does not know the names, or knows them from others.
/// </summary>
/// <remarks>
/// Each answer to a swap carries <c>pg_backend_pid()</c>, so finding it out costs nothing. The first call on a connection is not
/// prepared; the second tells the server the statements of all that follow.
/// </remarks>
/// <param name="wish">Always, never, or, by default, where it is found to be safe.</param>
/// <param name="time">By which plans get old.</param>
internal sealed class Preparing(bool? wish, TimeProvider time)
{
    /// <summary>
    /// Plans are made anew so often, on each connection that is in use. A plan is made for the table as large as it is then, and for one of
    /// a few rows it reads them all: it would go on to do so when they have become many.
    /// </summary>
    internal static readonly TimeSpan PlansLast = TimeSpan.FromSeconds(1);

    // What has lost its statements so often loses them again: somebody discards them on purpose.
    private const int MostLosses = 8;

    // Connections end, and nobody tells. They are asked again when all were forgotten.
    private const int MostRemembered = 4_096;

    private const long NotYet = long.MinValue;

    // The processes of the server that were found at the other end, and when plans were made there.
    private readonly ConcurrentDictionary<int, long> _direct = new();
    private volatile bool _isOff = wish == false;
    private int _losses;

    /// <summary>How the statements of a call on this connection are sent.</summary>
    internal Preparation For(NpgsqlConnection connection)
    {
        if (_isOff) return Preparation.None;
        var (process, now) = (connection.ProcessID, time.GetTimestamp());
        if (!_direct.TryGetValue(process, out var made))
        {
            if (wish is null) return Preparation.None;
            made = NotYet;
        }
        if (made != NotYet && time.GetElapsedTime(made, now) < PlansLast) return Preparation.ByName;
        Remember(process, now);
        return made == NotYet ? Preparation.First : Preparation.WithNewPlans;
    }

    /// <summary>What the server's process at the other end calls itself.</summary>
    internal void Answered(NpgsqlConnection connection, int backend)
    {
        if (wish is not null || _isOff) return;
        if (backend != connection.ProcessID) TurnOff();
        else if (!_direct.ContainsKey(backend)) Remember(connection.ProcessID, NotYet);
    }

    /// <summary>
    /// Whether an error proves that nothing was done and all can be done without preparing: a statement is not known by its name, or gives
    /// something else than when it was prepared, or its name is taken by somebody else's, and it could not be prepared.
    /// </summary>
    internal static bool IsLoss(PostgresException e) => e.SqlState is
        PostgresErrorCodes.InvalidSqlStatementName or PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.DuplicatePreparedStatement;

    /// <summary>Lets the driver prepare anew what the server has lost.</summary>
    internal async Task RecoverAsync(Session session, PostgresException loss, CancellationToken cancellationToken)
    {
        switch (loss.SqlState)
        {
            case PostgresErrorCodes.DuplicatePreparedStatement:
                TurnOff();
                break;
            case PostgresErrorCodes.InvalidSqlStatementName:
                await session.ForgetStatementsAsync(cancellationToken).ConfigureAwait(false);
                Remember(session.Connection.ProcessID, NotYet);
                if (wish is null && Interlocked.Increment(ref _losses) >= MostLosses) TurnOff();
                break;
            // What gives something else than before the driver prepares anew by itself.
        }
    }

    private void Remember(int process, long plansMade)
    {
        if (_direct.Count >= MostRemembered) _direct.Clear();
        _direct[process] = plansMade;
    }

    private void TurnOff()
    {
        _isOff = true;
        _direct.Clear();
    }
}
