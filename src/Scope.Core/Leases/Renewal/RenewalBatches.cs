namespace GoGoScope;

/// <summary>
/// Sends swaps that only renew leases to the store together: what comes while one batch is under way goes with the next. Renewals
/// come due at common times (see <see cref="KeyLease"/>), so that ten thousand leases cost a few requests a second. If a batch fails,
/// each goes alone, and fails alone; one that takes long, too, so that it keeps up nobody else. Whose lease has not the time to wait
/// for that goes alone before, while the batch may still answer for it.
/// </summary>
internal sealed class RenewalBatches(LeasedLockProvider provider)
{
    private const int Largest = 1_000;

    // So many ask alone at one time; whoever is more waits for one of them. With another batch it might come to what failed this one again.
    private const int MostAlone = 64;

    // For this part of what is left of its lease a renewal waits for a batch.
    private const int PartsOfPatience = 4;

    private readonly object _gate = new();
    private readonly List<Renewal> _waiting = [];

    // Those who are to go alone, while as many do as may.
    private readonly Queue<Renewal> _toGoAlone = [];
    private bool _isSending;
    private int _alone;

    // The last batch has failed: until one has succeeded, nobody waits for them for longer than it has patience.
    private bool _isFailing;

    private TimeSpan MostPatience => provider.RenewalPatience;

    private DeadlineQueue Deadlines => provider.Deadlines;

    /// <summary>How many wait for the batch that is under way.</summary>
    internal int WaitingCount
    {
        get
        {
            lock (_gate) return _waiting.Count;
        }
    }

    /// <summary>How many wait for a place to go alone.</summary>
    internal int ToGoAloneCount
    {
        get
        {
            lock (_gate) return _toGoAlone.Count;
        }
    }

    /// <summary>The record after the swap, as <see cref="ILockStore.SwapAsync"/> answers.</summary>
    /// <param name="swap">What renews them.</param>
    /// <param name="left">How long the first of the leases still lasts.</param>
    internal Task<StoredRecord> SwapAsync(LockSwap swap, TimeSpan left)
    {
        var patience = left / PartsOfPatience;
        var renewal = new Renewal(this, swap, patience < MostPatience ? patience : MostPatience);
        if (patience < MostPatience || Volatile.Read(ref _isFailing)) renewal.LosePatience();
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
        return renewal.Answer;
    }

    private async Task SendAsync()
    {
        while (TakeBatch() is { Count: > 0 } batch)
        {
            try
            {
                var records = await provider.SwapManyAsync(batch.ConvertAll(static renewal => renewal.Swap)).ConfigureAwait(false);
                Volatile.Write(ref _isFailing, false);
                for (var i = 0; i < batch.Count; i++) batch[i].Succeed(records[i]);
            }
            catch (Exception error) when (batch.Count == 1 && error is not TimeoutException)
            {
                batch[0].Fail(error);
            }
            catch (Exception)
            {
                // One of them may have failed all: its record is no record, or its row is kept by somebody.
                foreach (var renewal in batch) GoAlone(renewal, hasBatch: false);
                LosePatience();
            }
        }
    }

    /// <summary>Those behind a batch that has failed wait for the next ones no longer than they would have for that one.</summary>
    private void LosePatience()
    {
        List<Renewal> waiting;
        lock (_gate)
        {
            _isFailing = true;
            waiting = [.. _waiting];
        }
        foreach (var renewal in waiting)
        {
            try
            {
                renewal.LosePatience();
            }
            catch (Exception)
            {
                // A clock that makes no timer.
                GoAlone(renewal, hasBatch: true);
            }
        }
    }

    /// <summary>Has it go alone, as soon as there is a place for it, unless it does, or did, or has its answer.</summary>
    private void GoAlone(Renewal renewal, bool hasBatch)
    {
        lock (_gate)
        {
            renewal.HasBatch &= hasBatch;
            if (renewal.IsAlone || renewal.IsAnswered) return;
            if (_alone == MostAlone)
            {
                _toGoAlone.Enqueue(renewal);
                return;
            }
            _alone++;
            renewal.IsAlone = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static renewal => _ = renewal.Batches.AloneAsync(renewal), renewal, preferLocal: false);
    }

    /// <summary>One after the other, in one place.</summary>
    private async Task AloneAsync(Renewal first)
    {
        for (var renewal = first; renewal is not null; renewal = NextAlone())
        {
            try
            {
                renewal.Succeed(await provider.SwapAsync(renewal.Swap).ConfigureAwait(false));
            }
            catch (Exception error)
            {
                renewal.Fail(error);
                if (error is TimeoutException) FailWaiting(error);
            }
        }
    }

    /// <summary>The next to go alone; none, and the place is free, if there is nothing.</summary>
    private Renewal? NextAlone()
    {
        lock (_gate)
        {
            while (_toGoAlone.TryDequeue(out var renewal))
            {
                if (renewal.IsAlone || renewal.IsAnswered) continue;
                renewal.IsAlone = true;
                return renewal;
            }
            _alone--;
            return null;
        }
    }

    /// <summary>Behind a store that does not answer nobody waits for a place, but for whom a batch may still answer.</summary>
    private void FailWaiting(Exception error)
    {
        var waiting = new List<Renewal>();
        lock (_gate)
        {
            for (var left = _toGoAlone.Count; left > 0; left--)
            {
                var renewal = _toGoAlone.Dequeue();
                if (renewal.HasBatch) _toGoAlone.Enqueue(renewal);
                else waiting.Add(renewal);
            }
        }
        foreach (var renewal in waiting)
            renewal.Fail(new LockProviderException(provider.Name, renewal.Swap.Key[LeasedLockProvider.KeyPrefix.Length..], $"it was to be renewed after others, and they had no answer: {error.Message}", error));
    }

    /// <summary>The next to be sent together; none, and the sending ends, if there is nothing.</summary>
    private List<Renewal> TakeBatch()
    {
        lock (_gate)
        {
            _waiting.RemoveAll(static renewal => renewal.IsAlone);
            var batch = _waiting.GetRange(0, Math.Min(_waiting.Count, Largest));
            _waiting.RemoveRange(0, batch.Count);
            _isSending = batch.Count > 0;
            return batch;
        }
    }

    /// <summary>One of them. It is due when it has waited for long enough.</summary>
    private sealed class Renewal(RenewalBatches batches, LockSwap swap, TimeSpan patience) : Deadline
    {
        private readonly TaskCompletionSource<StoredRecord> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly long _waitsUntil = batches.Deadlines.Later(batches.Deadlines.Now, patience);
        private volatile bool _isImpatient;

        internal RenewalBatches Batches => batches;

        internal LockSwap Swap => swap;

        /// <summary>Whichever comes first.</summary>
        internal Task<StoredRecord> Answer => _answer.Task;

        internal bool IsAnswered => _answer.Task.IsCompleted;

        /// <summary>Whether the store is asked, or was, for it alone. Under the gate.</summary>
        internal bool IsAlone { get; set; }

        /// <summary>Whether one is under way that may answer for it, or will be. Under the gate.</summary>
        internal bool HasBatch { get; set; } = true;

        /// <summary>When it has waited for as long as it may, it goes alone.</summary>
        internal void LosePatience()
        {
            if (_isImpatient) return;
            _isImpatient = true;
            try
            {
                batches.Deadlines.ScheduleAt(this, _waitsUntil);
            }
            catch
            {
                // A clock that makes no timer.
                batches.Deadlines.Cancel(this);
                throw;
            }
            // Who has answered it has found nothing to clear.
            if (IsAnswered) batches.Deadlines.Cancel(this);
        }

        internal void Succeed(StoredRecord record)
        {
            if (_answer.TrySetResult(record)) WaitNoLonger();
        }

        internal void Fail(Exception error)
        {
            if (_answer.TrySetException(error)) WaitNoLonger();
        }

        internal override void OnDue(long now) => batches.GoAlone(this, hasBatch: true);

        private void WaitNoLonger()
        {
            if (_isImpatient) batches.Deadlines.Cancel(this);
        }
    }
}
