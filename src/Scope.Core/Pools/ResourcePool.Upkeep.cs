namespace GoGoScope;

// What is done for resources that are idle when their time has come, and for there to be enough of them.
public sealed partial class ResourcePool<T>
{
    // Behind everybody who wants something, yet not for ever.
    private static readonly AcquireOptions Last = new() { Priority = int.MinValue };

    private readonly object _lock = new();
    private readonly PoolRefill<T> _refill;

    // The making of what is missing, while something is; written under the lock.
    private Task? _filling;

    // Ends the waits for a turn to make what is missing, when somebody else has made it; under the gate.
    private CancellationTokenSource? _enough;

    // The signal that a resource was made or destroyed, or that making one has failed, if somebody waits for that; under the gate.
    private TaskCompletionSource? _change;

    // From a refill that has failed until the next one is due, or until making one has succeeded.
    private volatile bool _refillPauses;

    /// <summary>
    /// Waits until there are <see cref="PoolOptions{T}.Min"/> resources, idle or lent; those that are still being made, also for callers, or that are to be
    /// destroyed, don't count. The pool makes them by itself; this is for those who want to know that they are there, or why not.
    /// </summary>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled, by the token or by the end of the scope.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed, before or during the wait.</exception>
    /// <remarks>
    /// What making a resource for this throws is thrown as itself. What fails for a caller fails that caller, and another one is made.
    /// </remarks>
    public Task FillAsync(CancellationToken cancellationToken = default) => Filling().WaitAsync(cancellationToken);

    /// <summary>Something may be due for a resource. On the thread of a timer, which is not kept.</summary>
    internal void OnDue(PoolSlot<T> slot)
    {
        // What is not idle any more is looked at when it comes back.
        if (Volatile.Read(ref slot.IsIdle)) _ = Elsewhere(() => KeepUpAsync(slot));
    }

    private async Task KeepUpAsync(PoolSlot<T> slot)
    {
        if (!TryBegin()) return;
        try
        {
            if (!IsDue(slot)) return;
            await using var turn = (await _turns.AcquireAsync(Last, _lifetimeToken).ConfigureAwait(false)).ConfigureAwait(false);
            if (TakeDue(slot) is not { } isExpired) return;
            if (!isExpired && await IsHealthyAsync(slot).ConfigureAwait(false) && TryPutBack(slot)) return;
            await DestroyAsync(slot).ConfigureAwait(false);
        }
        catch (Exception ended) when (HasEnded && ended is OperationCanceledException or ObjectDisposedException)
        {
            // The end of the pool sees to what is idle.
        }
        catch (Exception error)
        {
            // A clock that throws.
            Report("look after", error);
            TryWatch(slot);
        }
        finally
        {
            End();
        }
        Refill();
    }

    /// <summary>Whether anything is to be done for a resource, for which a turn is needed; if not, it is looked at again later.</summary>
    private bool IsDue(PoolSlot<T> slot)
    {
        var now = Now;
        _gate.Enter();
        var isDue = slot.IsIdle && IsDueHoldingGate(slot, now, out _);
        _gate.Exit();
        if (!isDue) Watch(slot);
        return isDue;
    }

    private bool IsDueHoldingGate(PoolSlot<T> slot, long now, out bool isExpired)
    {
        isExpired = HasExpiredHoldingGate(slot, now);
        // One of the minimum. When as long has passed once more, there may be more than enough.
        if (!isExpired && now >= slot.IdleEnds) StartIdleTime(slot, now);
        return isExpired || now >= slot.CheckAt;
    }

    /// <summary>Takes a resource that is idle and for which something is due: whether its time is over, or else a check. Null if not.</summary>
    private bool? TakeDue(PoolSlot<T> slot)
    {
        var now = Now;
        _gate.Enter();
        var isIdle = slot.IsIdle && !HasEnded;
        var isExpired = false;
        var isDue = isIdle && IsDueHoldingGate(slot, now, out isExpired);
        if (isDue) RemoveIdleHoldingGate(slot);
        if (isExpired) DoomHoldingGate(slot);
        _gate.Exit();
        if (isIdle && !isDue) Watch(slot);
        return isDue ? isExpired : null;
    }

    private bool TryPutBack(PoolSlot<T> slot)
    {
        _gate.Enter();
        var isOpen = !HasEnded;
        if (isOpen) AddIdleHoldingGate(slot);
        _gate.Exit();
        if (isOpen) Watch(slot);
        return isOpen;
    }

    /// <summary>Sees to it that there are enough resources, if there are too few and making them has not just failed.</summary>
    private void Refill()
    {
        if (Volatile.Read(ref _total) >= _options.Min || HasEnded) return;
        lock (_lock)
        {
            if (!_refillPauses) _ = Filling();
        }
    }

    private void PauseRefill()
    {
        try
        {
            _deadlines.Schedule(_refill, _options.RefillPause);
        }
        catch (Exception error)
        {
            // A clock that throws: whoever notices next that some are missing tries at once.
            _refillPauses = false;
            Report("look after", error);
        }
    }

    /// <summary>The time for the next attempt has come.</summary>
    internal void EndRefillPause()
    {
        _refillPauses = false;
        Refill();
    }

    private Task Filling()
    {
        lock (_lock)
        {
            if (_filling is not null) return _filling;
            _filling = Elsewhere(FillToMinAsync);
            _ = ObserveAsync(_filling);
            return _filling;
        }
    }

    /// <summary>
    /// On the thread pool and in the context of nobody: whoever notices what is to be done neither waits for what the delegates do before they give their
    /// thread away, nor lends them its async locals.
    /// </summary>
    private static Task Elsewhere(Func<Task> work)
    {
        using (ExecutionContext.IsFlowSuppressed() ? (IDisposable?)null : ExecutionContext.SuppressFlow()) return Task.Run(work);
    }

    private async Task FillToMinAsync()
    {
        if (!TryBegin()) throw WhyEnded();
        try
        {
            while (!IsFull(out var missing, out var enough, out var change))
            {
                // The scope says so before the tokens do that end the waits.
                if (HasEnded) throw WhyEnded();
                await (missing > 0 ? Task.WhenAll(Enumerable.Range(0, missing).Select(_ => FillOneAsync(enough))) : change.WaitAsync(_lifetimeToken)).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            lock (_lock)
            {
                _refillPauses = true;
                _filling = null;
            }
            if (HasEnded) throw error is OperationCanceledException or ObjectDisposedException ? WhyEnded() : error;
            PauseRefill();
            throw;
        }
        finally
        {
            End();
        }
    }

    /// <summary>
    /// Whether there are enough. Then the making is over, and whoever finds some missing later starts it anew. Otherwise how many are to be made, and what ends
    /// the wait for a turn when none are any more; if others are at it already, the signal that one of them has ended.
    /// </summary>
    private bool IsFull(out int missing, out CancellationToken enough, out Task change)
    {
        var source = new CancellationTokenSource();
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _gate.Enter();
            var isFull = ReadyHoldingGate() >= _options.Min;
            missing = MissingHoldingGate();
            _enough = isFull ? null : source;
            _change = isFull ? null : signal;
            _gate.Exit();
            if (isFull) _filling = null;
            (enough, change) = (source.Token, signal.Task);
            return isFull;
        }
    }

    private int ReadyHoldingGate() => _total - _doomed - _making;

    /// <summary>How many are there to be made. What is to be destroyed is none of those that are there, but has its place until it is gone.</summary>
    private int MissingHoldingGate() => Math.Min(_options.Min - (_total - _doomed), _options.Max - _total);

    private TaskCompletionSource? TakeChangeHoldingGate()
    {
        var change = _change;
        _change = null;
        return change;
    }

    private async Task FillOneAsync(CancellationToken enough)
    {
        if (await LastTurnAsync(enough).ConfigureAwait(false) is not { } taken) return;
        await using var turn = taken.ConfigureAwait(false);
        _gate.Enter();
        var isMissing = MissingHoldingGate() > 0 && !HasEnded;
        if (isMissing) CountMakingHoldingGate();
        _gate.Exit();
        if (!isMissing) return;
        try
        {
            var slot = await MakeAsync().ConfigureAwait(false);
            if (!TryPutBack(slot)) await DestroyAsync(slot).ConfigureAwait(false);
        }
        catch (Exception error) when (!HasEnded)
        {
            Report("create", error);
            throw;
        }
    }

    /// <summary>A turn when nobody else wants one; null if what it is for is not missing any more.</summary>
    private async Task<SemaphoreGuard?> LastTurnAsync(CancellationToken enough)
    {
        try
        {
            return await _turns.AcquireAsync(Last, enough).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>A failure has been reported when it happened, and may have nobody who waits for it.</summary>
    private static async Task ObserveAsync(Task filling) => await filling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
