namespace GoGoScope;

/// <summary>
/// One request for a key that could not be answered at once, until it is granted or ends without. What comes first decides, under
/// the agent's gate: the grant, the time-out, the caller's token, the end of its scope or lock, a failure of the store.
/// </summary>
internal sealed class Attempt : QueuedRequest
{
    private readonly KeyAgent _agent;
    private readonly LockRequest _request;
    private readonly bool _answersNull;
    private readonly TaskCompletionSource<LeasedHold?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationToken _caller;

    internal Attempt(KeyAgent agent, in LockRequest request, LeaseKind kind, bool answersNull)
    {
        _agent = agent;
        _request = request;
        _answersNull = answersNull;
        Kind = kind;
        Mode = request.Mode;
        Priority = request.Priority;
    }

    internal ref readonly LockRequest Request => ref _request;

    internal string Owner => _request.Owner;

    /// <summary>What lease it needs.</summary>
    internal LeaseKind Kind { get; }

    /// <summary>Whether it waits if it can't be granted at once.</summary>
    internal bool MayWait => _request.Timeout != TimeSpan.Zero;

    /// <summary>When it came, by the process's clock.</summary>
    internal required long CameAt { get; init; }

    /// <summary>How many had come to the agent by then: what the store was asked for earlier says nothing about this one.</summary>
    internal required long Arrival { get; init; }

    /// <summary>Whether the outcome is known. Under the agent's gate.</summary>
    internal bool IsDecided { get; set; }

    /// <summary>For one that may not wait: what it stands for in the store, if it gets there.</summary>
    internal Contender? Entered { get; set; }

    /// <summary>Waits for the outcome; null if it was not granted in time and null was asked for.</summary>
    internal async Task<LeasedHold?> OutcomeAsync(CancellationToken caller)
    {
        if (_completion.Task.IsCompleted) return await _completion.Task.ConfigureAwait(false);

        _caller = caller;
        DeadlineQueue? deadlines = null;
        var callerRegistration = default(CancellationTokenRegistration);
        var lifetimeRegistration = default(CancellationTokenRegistration);
        var isListening = false;
        try
        {
            if (MayWait && _request.Timeout != Timeout.InfiniteTimeSpan) (deadlines = DeadlineQueue.For(_request.TimeProvider)).Schedule(this, _request.Timeout);
            callerRegistration = caller.UnsafeRegister(static attempt => ((Attempt)attempt!).End(WaitOutcome.Cancelled), this);
            lifetimeRegistration = _request.Lifetime.UnsafeRegister(static attempt => ((Attempt)attempt!).End(WaitOutcome.Ended), this);
            isListening = true;
            return await _completion.Task.ConfigureAwait(false);
        }
        finally
        {
            deadlines?.Cancel(this);
            callerRegistration.Unregister();
            lifetimeRegistration.Unregister();
            // A clock that makes no timer: the caller is told of that, and not of the outcome.
            if (!isListening) _ = GiveBackAsync();
        }
    }

    private async Task GiveBackAsync()
    {
        End(WaitOutcome.Cancelled);
        await ((Task)_completion.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_completion.Task.IsCompletedSuccessfully && await _completion.Task.ConfigureAwait(false) is { } hold) _agent.TryRelease(hold, out _);
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

    internal LockWaiter ToSnapshot(int passedOver) =>
        new(Owner, Mode, Priority, passedOver, _request.Scope?.Name) { Asker = _request.Scope };

    internal override void OnDue() => End(WaitOutcome.TimedOut);

    private void End(WaitOutcome outcome) => _agent.End(this, outcome);
}
