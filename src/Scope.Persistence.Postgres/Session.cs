using Npgsql;

namespace GoGoScope.Persistence.Postgres;

/// <summary>A connection, opened for one call after another, with what swaps on it can use again: a batch, and parameters.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly Table _table;
    private readonly Preparing _preparing;
    private readonly NpgsqlBatch _batch;
    private readonly Func<CancellationToken, Task> _prepare;
    // One of each shape: most batches are of one swap.
    private readonly List<SwapStatements> _kept = new(4);
    private bool _mayPrepare;
    private Preparation _preparation;

    internal Session(NpgsqlConnection connection, Table table, Preparing preparing)
    {
        (Connection, _table, _preparing) = (connection, table, preparing);
        _batch = Commands.NewBatch(connection);
        _prepare = _batch.PrepareAsync;
    }

    /// <summary>Open only while a call is under way; another physical connection each time, perhaps.</summary>
    internal NpgsqlConnection Connection { get; }

    /// <summary>Whether the last batch was sent by names.</summary>
    internal bool IsPrepared => _preparation != Preparation.None;

    /// <summary>For each call, and once more if it is done again without preparing.</summary>
    internal void Begin(bool mayPrepare) => (_mayPrepare, _preparation) = (mayPrepare, Preparation.None);

    /// <summary>A batch with nothing of its own in it, to be run by <see cref="ExecuteAsync"/>.</summary>
    internal NpgsqlBatch NewBatch()
    {
        _preparation = _mayPrepare ? _preparing.For(Connection) : Preparation.None;
        _batch.BatchCommands.Clear();
        if (_preparation == Preparation.WithNewPlans) _batch.BatchCommands.Add(new NpgsqlBatchCommand(Table.DiscardPlans));
        return _batch;
    }

    /// <summary>Sends the batch, in one round trip; the first one that is prepared on a connection takes another.</summary>
    internal async ValueTask<NpgsqlDataReader> ExecuteAsync(CancellationToken cancellationToken)
    {
        if (_preparation == Preparation.First) await Commands.PrepareAsync(Connection, PrepareAllAsync, cancellationToken).ConfigureAwait(false);
        if (IsPrepared) await Commands.PrepareAsync(Connection, _prepare, cancellationToken).ConfigureAwait(false);
        return await _batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Lets the driver know that statements are not prepared, whatever it believes. One by one: to forget all of a connection, it would
    /// give their names to others, while commands of the application still use them.
    /// </summary>
    internal Task ForgetStatementsAsync(CancellationToken cancellationToken) => Commands.PrepareAsync(Connection, ForgetAllAsync, cancellationToken);

    /// <summary>Statements of that shape that are not in use.</summary>
    internal SwapStatements Take(SwapShape shape)
    {
        for (var i = 0; i < _kept.Count; i++)
        {
            if (_kept[i].Shape != shape) continue;
            var statements = _kept[i];
            _kept.RemoveAt(i);
            return statements;
        }
        return new SwapStatements(_table, shape);
    }

    internal void GiveBack(SwapStatements statements)
    {
        foreach (var one in _kept)
            if (one.Shape == statements.Shape) return;
        _kept.Add(statements);
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();

    /// <summary>In one round trip.</summary>
    private async Task PrepareAllAsync(CancellationToken cancellationToken)
    {
        var all = All();
        await using (all.ConfigureAwait(false)) await all.PrepareAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task ForgetAllAsync(CancellationToken cancellationToken)
    {
        foreach (var statement in All().BatchCommands)
        {
            var command = Commands.New(Connection, statement.CommandText);
            await using (command.ConfigureAwait(false))
            {
                foreach (NpgsqlParameter parameter in statement.Parameters) command.Parameters.Add(parameter.Clone());
                // It believes that it has prepared this, and sends nothing.
                await command.PrepareAsync(cancellationToken).ConfigureAwait(false);
                await command.UnprepareAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>All statements that may be needed on a connection, some of them twice.</summary>
    private NpgsqlBatch All()
    {
        var all = Commands.NewBatch(Connection);
        all.BatchCommands.Add(new NpgsqlBatchCommand(Table.DiscardPlans));
        all.BatchCommands.Add(_table.NewRead(hash: null));
        new SwapStatements(_table, new SwapShape(TakesFree: true, Wakes: true)).AddTo(all);
        new SwapStatements(_table, new SwapShape(TakesFree: false, Wakes: false)).AddTo(all);
        return all;
    }
}
