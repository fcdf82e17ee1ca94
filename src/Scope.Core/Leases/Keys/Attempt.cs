namespace GoGoScope;

/// <summary>
/// One request for a key, from the call until it is granted, or ends without. What comes first decides: the grant, the time-out,
/// the caller's token, the end of its scope or lock, a failure of the store.
/// </summary>
internal sealed class Attempt : Deadline
{
    private readonly KeyAgent _agent;
    private readonly LockRequest _request;
    private readonly bool _answersNull;
    private readonly TaskCompletionSource<LeasedHold?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationToken _caller;
    private bool _isDecided;

    internal Attempt(KeyAgent agent, in LockRequest request, Contender contender, bool answersNull)
    {
        _agent = agent;
        _request = request;
        _answersNull = answersNull;
        Contender = contender;
    }

    internal Contender Contender { get; }

    internal ref readonly LockRequest Request => ref _request;

    /// <summary>Whether it stands in the queue if it can't be granted at once.</summary>
    internal bool MayWait => _request.Timeout != TimeSpan.Zero;

    /// <summary>Waits for the outcome; null if it was not granted in time and null was asked for.</summary>
    internal async Task<LeasedHold?> OutcomeAsync(CancellationToken caller)
    {
        if (_completion.Task.IsCompleted) return await _completion.Task.ConfigureAwait(false);

        _caller = caller;
        var deadlines = MayWait && _request.Timeout != Timeout.InfiniteTimeSpan ? DeadlineQueue.For(_request.TimeProvider) : null;
        var callerRegistration = default(CancellationTokenRegistration);
        var lifetimeRegistration = default(CancellationTokenRegistration);
        try
        {
            deadlines?.Schedule(this, _request.Timeout);
            callerRegistration = caller.UnsafeRegister(static attempt => ((Attempt)attempt!).End(WaitOutcome.Cancelled), this);
            lifetimeRegistration = _request.Lifetime.UnsafeRegister(static attempt => ((Attempt)attempt!).End(WaitOutcome.Ended), this);
            return await _completion.Task.ConfigureAwait(false);
        }
        finally
        {
            deadlines?.Cancel(this);
            callerRegistration.Unregister();
            lifetimeRegistration.Unregister();
        }
    }

    /// <summary>Tells the caller, once the agent's gate is open, what was decided under it.</summary>
    internal void Complete(LeasedHold hold) => _completion.SetResult(hold);

    internal void Fail(Exception error) => _completion.SetException(error);

    /// <summary>Ends it without the lock.</summary>
    internal void CompleteWithout(WaitOutcome outcome, string? holder, Exception? storeError)
    {
        if (outcome == WaitOutcome.TimedOut && storeError is not null) Fail(storeError);
        else if (outcome == WaitOutcome.TimedOut && _answersNull) _completion.SetResult(null);
        else Fail(outcome.ToException(in _request, holder, _caller));
    }

    /// <summary>Under the agent's gate: makes whatever comes now the outcome; false if there is one already.</summary>
    internal bool TryDecideHoldingGate()
    {
        if (_isDecided) return false;
        return _isDecided = true;
    }

    internal LockWaiter ToSnapshot(int passedOver) =>
        new(Contender.Owner, Contender.Mode, Contender.Priority, passedOver, _request.Scope?.Name) { Asker = _request.Scope };

    internal override void OnDue() => End(WaitOutcome.TimedOut);

    private void End(WaitOutcome outcome) => _agent.End(this, outcome);
}
