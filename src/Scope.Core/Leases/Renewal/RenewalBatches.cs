namespace GoGoScope;

/// <summary>
/// Sends swaps that only renew leases to the store together: what comes while one batch is under way goes with the next. Renewals
/// come due at common times (see <see cref="KeyLease"/>), so that ten thousand leases cost a few requests a second. If a batch fails,
/// each goes alone, and fails alone; one that takes long, too, so that it keeps up nobody else.
/// </summary>
internal sealed class RenewalBatches(LeasedLockProvider provider)
{
    private const int Largest = 1_000;

    // So many ask alone at one time after their batch has failed; whoever is more fails, and comes with another batch.
    private const int MostAlone = 64;

    private readonly object _gate = new();
    private readonly List<Renewal> _waiting = [];
    private bool _isSending;
    private int _alone;

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
            catch (Exception error) when (batch.Count == 1 && error is not TimeoutException)
            {
                batch[0].Answer.SetException(error);
            }
            catch (Exception error)
            {
                // One of them may have failed all: its record is no record, or its row is kept by somebody.
                foreach (var renewal in batch) _ = AloneAsync(renewal, error);
            }
        }
    }

    private async Task AloneAsync(Renewal renewal, Exception error)
    {
        try
        {
            if (Interlocked.Increment(ref _alone) > MostAlone) throw new LockProviderException(provider.Name, renewal.Swap.Key[LeasedLockProvider.KeyPrefix.Length..], $"it was to be renewed together with others, and that failed: {error.Message}", error);
            renewal.Answer.SetResult(await provider.SwapAsync(renewal.Swap).ConfigureAwait(false));
        }
        catch (Exception own)
        {
            renewal.Answer.SetException(own);
        }
        finally
        {
            Interlocked.Decrement(ref _alone);
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
