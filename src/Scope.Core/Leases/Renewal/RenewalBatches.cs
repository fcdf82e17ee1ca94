namespace GoGoScope;

/// <summary>
/// Sends swaps that only renew leases to the store together: what comes while one batch is under way goes with the next. Renewals
/// come due at common times (see <see cref="KeyLease"/>), so that ten thousand leases cost a few requests a second. If a batch fails,
/// each goes alone, and fails alone; one that takes long, too, so that it keeps up nobody else.
/// </summary>
internal sealed class RenewalBatches(LeasedLockProvider provider)
{
    private const int Largest = 1_000;

    // So many ask alone at one time after their batch has failed; whoever is more waits for one of them. With another batch it might come to what failed this one again.
    private const int MostAlone = 64;

    private readonly object _gate = new();
    private readonly List<Renewal> _waiting = [];
    private readonly Queue<Renewal> _toGoAlone = new();
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
            catch (Exception)
            {
                // One of them may have failed all: its record is no record, or its row is kept by somebody.
                Part(batch);
            }
        }
    }

    /// <summary>Has each of <paramref name="batch"/> go alone, as soon as there is a place for it.</summary>
    private void Part(List<Renewal> batch)
    {
        int places;
        lock (_gate)
        {
            foreach (var renewal in batch) _toGoAlone.Enqueue(renewal);
            places = Math.Min(batch.Count, MostAlone - _alone);
            _alone += places;
        }
        for (; places > 0; places--) _ = GoAloneAsync();
    }

    /// <summary>One after the other, in one place.</summary>
    private async Task GoAloneAsync()
    {
        while (NextAlone() is { } renewal)
        {
            try
            {
                renewal.Answer.SetResult(await provider.SwapAsync(renewal.Swap).ConfigureAwait(false));
            }
            catch (Exception error)
            {
                renewal.Answer.SetException(error);
                if (error is TimeoutException) FailWaiting(error);
            }
        }
    }

    /// <summary>Behind a store that does not answer nobody waits for a place.</summary>
    private void FailWaiting(Exception error)
    {
        List<Renewal> waiting;
        lock (_gate)
        {
            waiting = [.. _toGoAlone];
            _toGoAlone.Clear();
        }
        foreach (var renewal in waiting)
            renewal.Answer.SetException(new LockProviderException(provider.Name, renewal.Swap.Key[LeasedLockProvider.KeyPrefix.Length..], $"it was to be renewed after others, and they had no answer: {error.Message}", error));
    }

    /// <summary>The next to go alone; none, and the place is free, if there is nothing.</summary>
    private Renewal? NextAlone()
    {
        lock (_gate)
        {
            if (_toGoAlone.TryDequeue(out var next)) return next;
            _alone--;
            return null;
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
