namespace GoGoScope;

// What can end a wait without the lock: its timeout, its caller's token, the end of its scope or lock.
internal sealed partial class Waiter
{
    private static readonly Action<object?> OnCallerCancelled = static waiter => ((Waiter)waiter!).Leave(WaitOutcome.Cancelled);

    // Whether it has a deadline or its caller a token: then callbacks are to be withdrawn when it is over.
    private bool _isWatched;

    private CancellationToken _caller;
    private CancellationTokenRegistration _callerRegistration;
    private DeadlineQueue? _deadlines;
    private WaitList? _waits;

    /// <summary>
    /// Lets the time-out, the caller's token and the end of the lock end the wait. Called once it is queued, outside the gate:
    /// a token that is already cancelled calls back at once.
    /// </summary>
    internal void Watch(CancellationToken caller)
    {
        try
        {
            WatchAll(caller);
        }
        catch
        {
            // A clock that throws leaves no ghost in the queue, and no lock to one.
            Leave(WaitOutcome.Ended);
            if (_outcome == WaitOutcome.Granted) _entry.Release(_hold!, _token);
            TryWithdraw();
            throw;
        }
    }

    private void WatchAll(CancellationToken caller)
    {
        if (_timeout != Timeout.InfiniteTimeSpan)
        {
            _isWatched = true;
            _deadlines = DeadlineQueue.For(Request.TimeProvider);
            _deadlines.Schedule(this, _timeout);
        }
        if (caller.CanBeCanceled)
        {
            _isWatched = true;
            _caller = caller;
            _callerRegistration = caller.UnsafeRegister(OnCallerCancelled, this);
        }
        // The lock tells all its waits of its end; by asking for its lifetime we have it watch for that.
        if (_lock is { } asked && asked.Lifetime.IsCancellationRequested) asked.EndWaits();
    }

    /// <summary>Ends the wait, if nothing else has. For callbacks that are withdrawn before the waiter is used again.</summary>
    internal void Leave(WaitOutcome outcome) => Leave(outcome, Number);

    /// <summary>Ends the wait with <paramref name="number"/>, if nothing else has.</summary>
    internal void Leave(WaitOutcome outcome, int number) => _entry.Abandon(this, outcome, number);

    /// <summary>Joins the waits of its scope; false if their end has come already.</summary>
    internal bool TryJoinWaits()
    {
        // A lock finds its waits in the queue of its key.
        if (_lock is not null || _scope?.Waits is not { } waits) return true;
        if (!waits.TryAdd(this)) return false;
        _waits = waits;
        return true;
    }

    private void LeaveWaits()
    {
        _waits?.Remove(this);
        _waits = null;
    }

    internal override void OnDue(long now) => Leave(WaitOutcome.TimedOut);

    /// <summary>Whether every callback was withdrawn before it ran.</summary>
    private bool TryWithdraw()
    {
        var isWithdrawn = _deadlines is null || _deadlines.Cancel(this);
        isWithdrawn &= !_caller.CanBeCanceled || _callerRegistration.Unregister();
        _deadlines = null;
        (_caller, _callerRegistration) = (default, default);
        return isWithdrawn;
    }
}
