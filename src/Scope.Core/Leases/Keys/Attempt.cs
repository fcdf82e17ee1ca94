using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace GoGoScope;

/// <summary>
/// One request for a key that could not be answered at once, until it is granted or ends without. What comes first decides, under
/// the agent's gate: the grant, the time-out, the caller's token, the end of its scope or lock, a failure of the store.
/// </summary>
internal sealed class Attempt : QueuedRequest, IValueTaskSource<LeasedHold?>
{
    private readonly KeyAgent _agent;
    private readonly LockRequest _request;
    private readonly bool _answersNull;
    private ManualResetValueTaskSourceCore<LeasedHold?> _outcome = new() { RunContinuationsAsynchronously = true };
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

    /// <summary>Whether it waited for others, and not just for an answer.</summary>
    internal bool HadToWait { get; set; }

    /// <summary>For one that may not wait, or may get permits beside the best here: what it stands for in the store, if it gets there.</summary>
    internal Contender? Entered { get; set; }

    /// <summary>Waits for the outcome, once; null if it was not granted in time and null was asked for.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<LeasedHold?> OutcomeAsync(CancellationToken caller)
    {
        var outcome = new ValueTask<LeasedHold?>(this, _outcome.Version);
        if (outcome.IsCompleted) return await outcome.ConfigureAwait(false);

        _caller = caller;
        DeadlineQueue? deadlines = null;
        var callerRegistration = default(CancellationTokenRegistration);
        var lifetimeRegistration = default(CancellationTokenRegistration);
        var isListening = false;
        try
        {
            if (!MayWait)
            {
                deadlines = _agent.Deadlines;
                deadlines.ScheduleAt(this, deadlines.Later(CameAt, _agent.Options.StoreTimeout));
            }
            else if (_request.Timeout != Timeout.InfiniteTimeSpan)
            {
                deadlines = DeadlineQueue.For(_request.TimeProvider);
                deadlines.ScheduleAt(this, deadlines.Later(deadlines.Now, _request.Timeout - WaitedAlready(deadlines)));
            }
            callerRegistration = caller.UnsafeRegister(static attempt => ((Attempt)attempt!).End(WaitOutcome.Cancelled), this);
            lifetimeRegistration = _request.Lifetime.UnsafeRegister(static attempt => ((Attempt)attempt!).End(WaitOutcome.Ended), this);
            isListening = true;
            return await outcome.ConfigureAwait(false);
        }
        finally
        {
            deadlines?.Cancel(this);
            callerRegistration.Unregister();
            lifetimeRegistration.Unregister();
            // A clock that makes no timer: the caller is told of that, and not of the outcome.
            if (!isListening) _ = GiveBackAsync(outcome);
        }
    }

    /// <summary>Where both go by the same time: others may have had the processor since it came, or a store the thread.</summary>
    private TimeSpan WaitedAlready(DeadlineQueue deadlines)
    {
        var time = _agent.Options.TimeProvider;
        return deadlines == _agent.Deadlines || (time is BootTime && _request.TimeProvider == TimeProvider.System) ? time.GetElapsedTime(CameAt) : TimeSpan.Zero;
    }

    /// <summary>As <see cref="OutcomeAsync"/>, and tells <paramref name="observation"/> of it.</summary>
    internal async ValueTask<LeasedHold?> ObservedOutcomeAsync(LockObservation observation, CancellationToken caller)
    {
        observation.Waits();
        LeasedHold? hold;
        try
        {
            hold = await OutcomeAsync(caller).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            if (HadToWait) observation.Contends();
            observation.WaitedInVain(error);
            throw;
        }
        if (HadToWait) observation.Contends();
        if (hold is null) observation.WaitedInVain(error: null);
        else observation.Waited(hold.Token);
        if (hold is not null) hold.Observe(observation);
        return hold;
    }

    private async Task GiveBackAsync(ValueTask<LeasedHold?> outcome)
    {
        End(WaitOutcome.Cancelled);
        try
        {
            if (await outcome.ConfigureAwait(false) is { } hold) _agent.TryRelease(hold, out _);
        }
        catch (Exception)
        {
            // It was not granted, as it should be.
        }
    }

    /// <summary>Tells the caller, once the agent's gate is open, what was decided under it.</summary>
    internal void Complete(LeasedHold hold) => _outcome.SetResult(hold);

    internal void Fail(Exception error) => _outcome.SetException(error);

    /// <summary>Ends it without the lock.</summary>
    internal void CompleteWithout(WaitOutcome outcome, string? holder, Exception? storeError)
    {
        if (storeError is not null) Fail(storeError);
        else if (outcome == WaitOutcome.TimedOut && _answersNull) _outcome.SetResult(null);
        else Fail(outcome.ToException(in _request, holder, _caller));
    }

    internal LockWaiter ToSnapshot(int passedOver) =>
        new(Owner, Mode, Priority, passedOver, _request.Scope?.Name) { Asker = _request.Scope, Weight = Kind.Weight };

    internal override void OnDue(long now) => _agent.Due(this);

    private void End(WaitOutcome outcome) => _agent.End(this, outcome);

    LeasedHold? IValueTaskSource<LeasedHold?>.GetResult(short token) => _outcome.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<LeasedHold?>.GetStatus(short token) => _outcome.GetStatus(token);

    void IValueTaskSource<LeasedHold?>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _outcome.OnCompleted(continuation, state, token, flags);
}
