using Npgsql;

namespace GoGoScope.Persistence.Postgres;

/// <summary>Swaps as one batch: one round trip, one transaction, so durable together.</summary>
internal sealed class SwapBatch
{
    // In milliseconds. A row that somebody keeps must not hold up the others that go to the store together for long, nor keep theirs.
    private const int LongestWaitOfMany = 250;
    private const int LongestWait = int.MaxValue;

    private readonly Table _table;
    private readonly Preparing _preparing;
    private readonly EncodedSwap[] _swaps;

    /// <exception cref="ArgumentException">A key or body can't be stored.</exception>
    internal SwapBatch(Table table, Preparing preparing, ReadOnlySpan<LockSwap> swaps)
    {
        (_table, _preparing) = (table, preparing);
        _swaps = new EncodedSwap[swaps.Length];
        for (var i = 0; i < swaps.Length; i++) _swaps[i] = new EncodedSwap(in swaps[i], i);
        // In the same order whoever swaps them, so that two who swap the same keys don't wait for each other's rows.
        if (_swaps.Length > 1) Array.Sort(_swaps, HashOrder.Instance);
    }

    /// <summary>
    /// Whether each swap has found an epoch that lets this process swap, where the table has epochs. One that has not did nothing, and
    /// is the only kind that is done when the batch is executed again.
    /// </summary>
    internal bool FoundEpoch => Array.TrueForAll(_swaps, static swap => swap.IsAnswered);

    /// <summary>What came of the one swap that there is.</summary>
    internal StoredRecord Answer => _swaps[0].Answer;

    /// <summary>Puts what came of each swap where the swap was given.</summary>
    internal void CopyAnswersTo(Span<StoredRecord> answers)
    {
        foreach (var swap in _swaps) answers[swap.Index] = swap.Answer;
    }

    /// <summary>Swaps. It goes to its end, whoever gives up.</summary>
    /// <exception cref="InvalidOperationException">A record would be kept for longer than the epoch allows.</exception>
    internal async ValueTask<bool> ExecuteAsync(Session session, CancellationToken _)
    {
        var batch = session.NewBatch();
        var statements = new List<SwapStatements>(_swaps.Length);
        foreach (var swap in _swaps)
        {
            if (swap.IsAnswered) continue;
            var one = session.Take(swap.Shape);
            one.Fill(swap, _swaps.Length > 1 ? LongestWaitOfMany : LongestWait);
            one.AddTo(batch);
            statements.Add(one);
        }
        var reader = await session.ExecuteAsync(CancellationToken.None).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            foreach (var swap in _swaps)
            {
                if (swap.IsAnswered) continue;
                await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                swap.Answer = Answered(swap, reader);
                swap.FoundEpoch = FindsEpoch(swap.Answer, swap, reader);
                _preparing.Answered(session.Connection, reader.GetInt32(5));
                await reader.NextResultAsync(CancellationToken.None).ConfigureAwait(false);
                // The notifications have a result, too.
                if (swap.Shape.Wakes) await reader.NextResultAsync(CancellationToken.None).ConfigureAwait(false);
            }
            // What fails at the commit is told after the last result, before the end of the reader.
            while (await reader.NextResultAsync(CancellationToken.None).ConfigureAwait(false)) { }
        }
        // Only now is it committed.
        foreach (var swap in _swaps) swap.IsAnswered |= swap.FoundEpoch;
        foreach (var one in statements) session.GiveBack(one);
        return true;
    }

    private static StoredRecord Answered(EncodedSwap swap, NpgsqlDataReader reader)
    {
        var record = RecordReading.Record(reader);
        return record.Version == swap.Swap.Version ? record with { Body = swap.Swap.Body } : record;
    }

    private bool FindsEpoch(in StoredRecord answer, EncodedSwap swap, NpgsqlDataReader reader)
    {
        if (_table.Epoch is not { } epoch || answer.Version == swap.Swap.Version) return true;
        if (reader.IsDBNull(4) || reader.GetInt64(4) is var longest && longest < epoch.Own) return false;
        if (swap.Body is null || swap.Swap.KeepUntil - answer.Now <= longest) return true;
        throw new InvalidOperationException(
            $"A lock of {_table.Name} would be kept for {Length(swap.Swap.KeepUntil - answer.Now)}, and with {nameof(PostgresDurability)}.{nameof(PostgresDurability.Fast)} "
            + $"the longest that is allowed is {Length(longest)}: {nameof(PostgresStoreOptions.LongestTimeToLive)}, and a minute for those who wait.");

        static TimeSpan Length(long microseconds) => new(Math.Min(microseconds, long.MaxValue / TimeSpan.TicksPerMicrosecond) * TimeSpan.TicksPerMicrosecond);
    }

    private sealed class HashOrder : IComparer<EncodedSwap>
    {
        internal static readonly HashOrder Instance = new();

        public int Compare(EncodedSwap? x, EncodedSwap? y) => x!.Hash.AsSpan().SequenceCompareTo(y!.Hash);
    }
}
