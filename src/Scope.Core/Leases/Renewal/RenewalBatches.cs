namespace GoGoScope;

/// <summary>
/// Sends swaps that only renew leases to the store together: what comes while one batch is under way goes with the next. Renewals
/// come due at common times (see <see cref="KeyLease"/>), so that ten thousand leases cost a few requests a second.
/// </summary>
internal sealed class RenewalBatches(LeasedLockProvider provider)
{
    private const int Largest = 1_000;

    private readonly object _gate = new();
    private readonly List<Renewal> _waiting = [];
    private bool _isSending;

    /// <summary>How many wait for the batch that is under way.</summary>
    internal int WaitingCount
    {
        get
        {
            lock (_gate) return _waiting.Count;
        }
    }

    /// <summary>The record after the swap, as <see cref="ILockStore.SwapAsync"/> answers.</summary>
    internal Task<StoredRecord> SwapAsync(LockSwap swap)
    {
        var renewal = new Renewal(swap);
        lock (_gate)
        {
            _waiting.Add(renewal);
            if (!_isSending)
            {
                _isSending = true;
                // Not on the stack of the first: others come due at the same moment.
                ThreadPool.UnsafeQueueUserWorkItem(static batches => _ = batches.SendAsync(), this, preferLocal: false);
            }
        }
        return renewal.Answer.Task;
    }

    private async Task SendAsync()
    {
        while (TakeBatch() is { Count: > 0 } batch)
        {
            try
            {
                var records = await provider.SwapManyAsync(batch.ConvertAll(static renewal => renewal.Swap)).ConfigureAwait(false);
                for (var i = 0; i < batch.Count; i++) batch[i].Answer.SetResult(records[i]);
            }
            catch (Exception error)
            {
                // Each finds out for itself what has become of its own.
                foreach (var renewal in batch) renewal.Answer.TrySetException(error);
            }
        }
    }

    /// <summary>The next to be sent together; none, and the sending ends, if there is nothing.</summary>
    private List<Renewal> TakeBatch()
    {
        lock (_gate)
        {
            var batch = _waiting.GetRange(0, Math.Min(_waiting.Count, Largest));
            _waiting.RemoveRange(0, batch.Count);
            _isSending = batch.Count > 0;
            return batch;
        }
    }

    private sealed record Renewal(LockSwap Swap)
    {
        internal TaskCompletionSource<StoredRecord> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
