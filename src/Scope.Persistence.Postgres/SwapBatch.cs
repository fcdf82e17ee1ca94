using Npgsql;
using NpgsqlTypes;

namespace GoGoScope.Persistence.Postgres;

/// <summary>
/// Swaps as one batch: one round trip, one transaction, so durable together. Several statements for each swap, because one
/// that did everything would answer with the state from before it waited for others.
/// </summary>
internal sealed class SwapBatch
{
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

    /// <summary>
    /// Whether each swap has found an epoch that lets this process swap, where the table has epochs. One that has not did nothing, and
    /// is the only kind that is done when the batch is executed again.
    /// </summary>
    internal bool FoundEpoch => _swaps.TrueForAll(static swap => swap.IsAnswered);

    /// <summary>Answers, in the order in which the swaps were given.</summary>
    /// <exception cref="InvalidOperationException">A record would be kept for longer than the epoch allows.</exception>
    internal async Task<StoredRecord[]> ExecuteAsync(NpgsqlConnection connection, bool prepare, CancellationToken cancellationToken)
    {
        var batch = connection.CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            var open = _swaps.FindAll(static swap => !swap.IsAnswered);
            foreach (var swap in open) Add(batch, swap);
            if (prepare) await batch.PrepareAsync(cancellationToken).ConfigureAwait(false);
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var found = new bool[open.Count];
                for (var i = 0; i < open.Count; i++)
                {
                    var swap = open[i];
                    await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                    _answers[swap.Index] = Answer(swap, reader);
                    found[i] = FindsEpoch(in _answers[swap.Index], swap, reader);
                    await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                    // The notifications have a result, too.
                    if (swap.Wakes) await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                }
                // What fails at the commit is told after the last result, before the end of the reader.
                while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false)) { }
                // Only now is it committed.
                for (var i = 0; i < open.Count; i++) open[i].IsAnswered = found[i];
                return _answers;
            }
        }
    }

    private void Add(NpgsqlBatch batch, Prepared swap)
    {
        if (swap.Swap.Expected == 0)
        {
            batch.BatchCommands.Add(Change(_table.ReplaceFree, swap));
            batch.BatchCommands.Add(Change(_table.InsertNew, swap, Bytes(swap.Name)));
        }
        else
        {
            batch.BatchCommands.Add(Change(_table.ReplaceVersion, swap, Number(swap.Swap.Expected)));
        }
        batch.BatchCommands.Add(new NpgsqlBatchCommand(_table.Answer) { Parameters = { Bytes(swap.Hash), Number(swap.Swap.Version), Number(swap.Swap.NotAfter) } });
        if (!swap.Wakes) return;
        var channels = swap.Swap.Wake!.Select(_table.ChannelOf).ToArray();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(_table.Notify)
        {
            Parameters = { Bytes(swap.Hash), Number(swap.Swap.Version), new NpgsqlParameter { Value = channels, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text } },
        });
    }

    private static NpgsqlBatchCommand Change(string text, Prepared swap, NpgsqlParameter? own = null)
    {
        var command = new NpgsqlBatchCommand(text)
        {
            Parameters =
            {
                Bytes(swap.Hash), Number(swap.Swap.Version), Bytes(swap.Body), Number(swap.Swap.Draw),
                Number(swap.Swap.KeepUntil), Number(swap.Swap.NotBefore), Number(swap.Swap.NotAfter),
            },
        };
        if (own is not null) command.Parameters.Add(own);
        return command;
    }

    private static StoredRecord Answer(Prepared swap, NpgsqlDataReader reader)
    {
        var record = RecordReading.Record(reader);
        return record.Version == swap.Swap.Version ? record with { Body = swap.Swap.Body } : record;
    }

    private bool FindsEpoch(in StoredRecord answer, Prepared swap, NpgsqlDataReader reader)
    {
        if (_table.Epoch is not { } epoch || answer.Version == swap.Swap.Version) return true;
        if (reader.IsDBNull(4) || reader.GetInt64(4) is var longest && longest < epoch.Own) return false;
        if (swap.Body is null || swap.Swap.KeepUntil - answer.Now <= longest) return true;
        throw new InvalidOperationException(
            $"A lock of {_table.Name} would be kept for {Length(swap.Swap.KeepUntil - answer.Now)}, and with {nameof(PostgresDurability)}.{nameof(PostgresDurability.Fast)} "
            + $"the longest that is allowed is {Length(longest)}: {nameof(PostgresStoreOptions.LongestTimeToLive)}, and a minute for those who wait.");

        static TimeSpan Length(long microseconds) => new(Math.Min(microseconds, long.MaxValue / TimeSpan.TicksPerMicrosecond) * TimeSpan.TicksPerMicrosecond);
    }

    private static NpgsqlParameter<long> Number(long value) => new() { TypedValue = value };

    private static NpgsqlParameter Bytes(byte[]? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea };

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

        /// <summary>Whether its answer says what came of it, and not that there is no epoch.</summary>
        internal bool IsAnswered { get; set; }

        internal bool Wakes => Swap.Wake is { Count: > 0 };
    }

    private sealed class HashOrder : IComparer<byte[]>
    {
        internal static readonly HashOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
