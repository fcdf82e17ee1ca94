using System.Data.Common;

namespace GoGoScope.Persistence.MySql;

/// <summary>How the table comes into being, and whether the server and the table that are there will do.</summary>
internal sealed class Schema(Table table)
{
    private volatile Server? _server;
    private volatile bool _refusesToPrepare;

    /// <summary>The server, once it and the table were found good; null before, and after <see cref="LookAgain"/>.</summary>
    internal Server? Server => _server;

    /// <summary>The server, or what stands before it, does not prepare statements, or no more: they are sent as texts from now on.</summary>
    internal void PrepareNoMore()
    {
        _refusesToPrepare = true;
        if (_server is { } server) _server = server with { Prepares = false };
    }

    /// <summary>The server, or the session, is not as it was found: it is looked at again before it is used again.</summary>
    internal void LookAgain() => _server = null;

    /// <summary>All of it, for a person.</summary>
    internal string Script => string.Concat(new[] { table.CreateDatabase, table.CreateTable }.OfType<string>().Select(static statement => $"{statement};\n"));

    /// <summary>Creates what is not there; who may only use it need not be allowed to create it.</summary>
    internal async Task<bool> CreateMissingAsync(DbConnection connection)
    {
        var (_, hasDatabase, engine) = await LookAsync(connection).ConfigureAwait(false);
        if (engine is not null) return true;
        if (!hasDatabase) await Statements.ExecuteAsync(connection, table.CreateDatabase ?? throw table.NoDatabase()).ConfigureAwait(false);
        await Statements.ExecuteAsync(connection, table.CreateTable).ConfigureAwait(false);
        return true;
    }

    /// <summary>Says how the server is spoken to. A table that is not there is for whoever uses it to tell.</summary>
    /// <exception cref="InvalidOperationException">The connection names no database, or the server or the table won't do.</exception>
    internal async Task<Server> CheckAsync(DbConnection connection)
    {
        var (server, hasDatabase, engine) = await LookAsync(connection).ConfigureAwait(false);
        if (!hasDatabase && table.Database is null) throw table.NoDatabase();
        if (engine is not null) _server = server;
        return server;
    }

    private async Task<(Server Server, bool HasDatabase, string? Engine)> LookAsync(DbConnection connection)
    {
        var (server, isReadOnly, hasDatabase, engine, logsStatements) = await AskAsync(connection).ConfigureAwait(false);
        // Whoever may write all the same would hold locks that the primary knows nothing of.
        if (isReadOnly) throw table.ReadOnly();
        // The replica would judge by its own clock, and find some too late. Not every server refuses that.
        if (logsStatements) throw table.BinaryLogFormat();
        if (engine is not null && !engine.Equals("InnoDB", StringComparison.OrdinalIgnoreCase))
            throw new InvalidOperationException($"The table {table.Name} is kept by the engine {engine}, which knows no transactions: let it be InnoDB.");
        return (server with { Returns = server.Returns && !table.WithoutReturning, Prepares = table.Prepares && !_refusesToPrepare }, hasDatabase, engine);
    }

    private async Task<(Server Server, bool IsReadOnly, bool HasDatabase, string? Engine, bool LogsStatements)> AskAsync(DbConnection connection)
    {
        try
        {
            return await Statements.ExecuteAsync(
                connection, table.LookAtServer,
                async row =>
                {
                    await row.ReadAsync().ConfigureAwait(false);
                    var server = Server.Of(RecordReading.Text(row, 0)!, RecordReading.IsTrue(row, 1));
                    return (server, RecordReading.IsTrue(row, 2), RecordReading.IsTrue(row, 3), RecordReading.Text(row, 4), RecordReading.IsTrue(row, 5));
                }).ConfigureAwait(false);
        }
        catch (DbException e) when (ServerError.NumberOf(e) == ServerError.Syntax)
        {
            throw table.OneByOne(e);
        }
    }
}
