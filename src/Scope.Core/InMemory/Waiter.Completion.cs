using System.Threading.Tasks.Sources;

namespace GoGoScope;

// How the outcome reaches the caller, once, and how the waiter is made ready for the next.
internal sealed partial class Waiter
{
    private ManualResetValueTaskSourceCore<LockGuard> _completion;

    // The version of the completion whose result is still to be taken.
    private int _takenVersion;

    internal ValueTask<LockGuard> Task => new(this, _completion.Version);

    /// <summary>What <see cref="Task"/> is, for a wait that answers a time-out with null.</summary>
    internal ValueTask<LockGuard?> TryTask => new(this, _completion.Version);

    void IThreadPoolWorkItem.Execute()
    {
        // Woken without the lock: take it, or go on waiting if an overtaker has it.
        if (IsBeingWoken && !_entry.TryArrive(this)) return;

        if (_outcome == WaitOutcome.Granted)
        {
            Succeed();
        }
        else if (_outcome == WaitOutcome.TimedOut && _answersNull)
        {
            _completion.SetResult(default);
        }
        else
        {
            _completion.SetException(_outcome.ToException(Request, _holder, _caller));
        }
    }

    private void Succeed()
    {
        try
        {
            if (_options.EndsByItself) _hold!.StartLease(_token, Request);
        }
        catch (Exception broken)
        {
            _completion.SetException(broken);
            return;
        }
        _completion.SetResult(new LockGuard(_hold!, _token));
    }

    public LockGuard GetResult(short token)
    {
        RefuseUnlessFirst(token);
        try
        {
            var guard = _completion.GetResult(token);
            // The end of the scope may have taken the grant back before its caller came to see it.
            if (_outcome == WaitOutcome.Granted && !_hold!.IsOf(_token)) throw Request.WaitEnded();
            return guard;
        }
        finally
        {
            Retire();
        }
    }

    LockGuard? IValueTaskSource<LockGuard?>.GetResult(short token)
    {
        var guard = GetResult(token);
        return guard.FencingToken == 0 ? null : guard;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _completion.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags);

    /// <summary>
    /// A result is taken once. Taken twice, even at the same moment, it would put this waiter into the pool twice, and
    /// from there two callers would get it.
    /// </summary>
    private void RefuseUnlessFirst(short token)
    {
        // Throws for a task that was consumed before: then this waiter is in use for somebody else's.
        var isPending = _completion.GetStatus(token) == ValueTaskSourceStatus.Pending;
        if (isPending || Interlocked.CompareExchange(ref _takenVersion, token + 1, token) != token)
            throw new InvalidOperationException("The result of a request for a lock was taken before it was there, or twice. Await it once.");
    }

    private void Retire()
    {
        var isReusable = TryWithdraw();
        var stripe = _entry.Stripe;
        if (_entry.IsKeyed)
        {
            // The pool serves many keys, and keeps none of what they belong to alive.
            _key = "";
            _options = LockOptions.Default;
            (_scope, _lock) = (null, null);
        }
        _hold = null;
        _holder = null;
        _completion.Reset();
        _takenVersion = _completion.Version;
        if (isReusable) stripe.Return(this);
    }
}
