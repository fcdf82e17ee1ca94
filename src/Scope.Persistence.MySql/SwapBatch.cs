using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace GoGoScope.Persistence.MySql;

/// <summary>Swaps that are sent as one text: one round trip, and, if they are more than one, one transaction, so durable together.</summary>
internal sealed class SwapBatch
{
    private readonly Table _table;
    private readonly EncodedSwap[] _swaps;
    private readonly StoredRecord[] _answers;

    /// <exception cref="ArgumentException">A key or body can't be stored.</exception>
    internal SwapBatch(Table table, params ReadOnlySpan<LockSwap> swaps)
    {
        _table = table;
        _swaps = new EncodedSwap[swaps.Length];
        for (var i = 0; i < swaps.Length; i++) _swaps[i] = new EncodedSwap(in swaps[i], i);
        // In the same order whoever swaps them, so that two who swap the same keys don't wait for each other's rows.
        if (_swaps.Length > 1) Array.Sort(_swaps, static (one, other) => one.Hash.AsSpan().SequenceCompareTo(other.Hash));
        _answers = new StoredRecord[_swaps.Length];
    }

    /// <summary>Answers, in the order in which the swaps were given.</summary>
    internal Task<StoredRecord[]> ExecuteAsync(DbConnection connection, Server server)
    {
        var isTransaction = !server.Returns || !server.CommitsByItself || _swaps.Length > 1;
        if (!isTransaction && server.Prepares) return Statements.ExecutePreparedAsync(connection, _table.Alone.Prepared, AddTo, ReadAnswersAsync);
        var text = Text(!server.Returns ? _table.Selecting : isTransaction ? _table.Returning : _table.Alone);
        return Statements.ExecuteAsync(connection, isTransaction ? server.Transaction(text) : text, ReadAnswersAsync, server.Undo);
    }

    private string Text(SwapText one)
    {
        var text = new DefaultInterpolatedStringHandler(literalLength: 0, formattedCount: 0, CultureInfo.InvariantCulture);
        foreach (var swap in _swaps)
        {
            if (swap != _swaps[0]) text.AppendLiteral(";\n");
            one.AppendTo(ref text, swap, NewAttempt());
        }
        return text.ToStringAndClear();
    }

    private void AddTo(DbCommand command) => _swaps[0].AddTo(command, NewAttempt());

    // Of this attempt alone: what one before has written must not be taken for written by this one.
    private static long NewAttempt() => Random.Shared.NextInt64(1, long.MaxValue);

    private async Task<StoredRecord[]> ReadAnswersAsync(DbDataReader reader)
    {
        foreach (var swap in _swaps)
        {
            await reader.ReadAsync().ConfigureAwait(false);
            _answers[swap.Index] = swap.Complete(RecordReading.Record(reader));
            await reader.NextResultAsync().ConfigureAwait(false);
        }
        return _answers;
    }
}
