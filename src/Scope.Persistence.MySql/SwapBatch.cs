using System.Data.Common;
using System.Text;

namespace GoGoScope.Persistence.MySql;

/// <summary>Swaps that are sent as one text: one round trip, and, if they are more than one, one transaction, so durable together.</summary>
internal sealed class SwapBatch
{
    // One after another, whatever the session says (MariaDB has a mode in which assignments don't see those before them).
    private const string AsWritten = "SET STATEMENT sql_mode = 'STRICT_ALL_TABLES' FOR ";

    private readonly Table _table;
    private readonly List<Prepared> _swaps;
    private readonly StoredRecord[] _answers;

    /// <exception cref="ArgumentException">A key or body can't be stored.</exception>
    internal SwapBatch(Table table, IEnumerable<LockSwap> swaps)
    {
        _table = table;
        // In the same order whoever swaps them, so that two who swap the same keys don't wait for each other's rows.
        _swaps = [.. swaps.Select((swap, index) => new Prepared(swap, index)).OrderBy(one => one.Hash, HashOrder.Instance)];
        _answers = new StoredRecord[_swaps.Count];
    }

    /// <summary>Answers, in the order in which the swaps were given.</summary>
    internal Task<StoredRecord[]> ExecuteAsync(DbConnection connection, Server server, CancellationToken cancellationToken)
    {
        var isTransaction = !server.Returns || !server.CommitsByItself || _swaps.Count > 1;
        var text = Text(server);
        return Statements.ExecuteAsync(connection, isTransaction ? server.Transaction(text) : text, isTransaction, ReadAnswersAsync, cancellationToken);
    }

    private string Text(Server server)
    {
        var text = new StringBuilder();
        foreach (var swap in _swaps)
        {
            // Of this attempt alone: what one before has written must not be taken for written by this one.
            var attempt = Random.Shared.NextInt64(1, long.MaxValue);
            var upsert = SwapText.Upsert(_table, swap.Swap, swap.Hash, swap.Name, swap.Body, attempt);
            if (text.Length > 0) text.Append(";\n");
            if (server.Returns) text.Append(AsWritten).Append(upsert).Append(SwapText.Returning(swap.Swap, attempt));
            else text.Append(upsert).Append(";\n").Append(SwapText.Select(_table, swap.Swap, swap.Hash, attempt));
        }
        return text.ToString();
    }

    private async Task<StoredRecord[]> ReadAnswersAsync(DbDataReader reader, CancellationToken cancellationToken)
    {
        foreach (var swap in _swaps)
        {
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var record = RecordReading.Record(reader);
            _answers[swap.Index] = record.Version == swap.Swap.Version ? record with { Body = swap.Swap.Body } : record;
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        }
        return _answers;
    }

    /// <summary>A swap as the statements take it; made before anything is sent, so that what can't be stored is refused at once.</summary>
    private sealed class Prepared
    {
        internal Prepared(in LockSwap swap, int index)
        {
            ArgumentException.ThrowIfNullOrEmpty(swap.Key);
            Swap = swap;
            Index = index;
            Name = StoredText.Encode(swap.Key);
            Hash = StoredText.Hash(Name);
            Body = swap.Body.Length == 0 ? null : StoredText.Encode(swap.Body);
        }

        internal LockSwap Swap { get; }

        internal int Index { get; }

        internal byte[] Name { get; }

        internal byte[] Hash { get; }

        internal byte[]? Body { get; }
    }

    private sealed class HashOrder : IComparer<byte[]>
    {
        internal static readonly HashOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
