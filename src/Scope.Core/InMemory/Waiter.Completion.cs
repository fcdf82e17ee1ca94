using System.Threading.Tasks.Sources;

namespace GoGoScope;

// How the outcome reaches the caller, once, and how the waiter is made ready for the next.
internal sealed partial class Waiter
{
    // Says only that the wait is over, or with what error; the grant is in the waiter's own fields.
    private ManualResetValueTaskSourceCore<bool> _completion;

    private const int None = int.MinValue;

    // The last wait whose result was taken, by the version of its completion; and the wait that a caller may still claim for
    // itself alone.
    private int _takenVersion = None;
    private int _claimableVersion;

    // A callback of an earlier wait is on its way: never to be used again.
    private bool _isSpoiled;

    /// <summary>Whether its caller has seen the outcome, so that the waiter may go back to the pool.</summary>
    internal bool IsDone => Volatile.Read(ref _takenVersion) == _completion.Version && !_isSpoiled;

    /// <summary>Names the wait that the object stands for now to whoever awaits it.</summary>
    internal short Version => _completion.Version;

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
            _observation?.WaitedInVain(error: null);
            _completion.SetResult(false);
        }
        else
        {
            var error = _outcome.ToException(Request, _holder, _caller);
            _observation?.WaitedInVain(error);
            _completion.SetException(error);
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
            _observation?.WaitedInVain(broken);
            _completion.SetException(broken);
            return;
        }
        _observation?.Waited(_token);
        _completion.SetResult(true);
    }

    /// <remarks>
    /// A result is taken once. Who takes it twice gets an error, or, at the very same moment, the same guard; never a waiter
    /// that is in use for somebody else's wait.
    /// </remarks>
    public LockGuard GetResult(short token)
    {
        // Throws for a task that was consumed before: then this waiter is in use for somebody else's.
        var status = _completion.GetStatus(token);
        if (status == ValueTaskSourceStatus.Pending || _takenVersion == token) throw TakenTwice();
        if (status != ValueTaskSourceStatus.Succeeded || _isWatched || _outcome != WaitOutcome.Granted) return TakeAlone(token);

        var (hold, fencingToken) = (Volatile.Read(ref _hold), Volatile.Read(ref _token));
        var ended = hold?.IsOf(fencingToken) == true ? null : Request.WaitEnded();
        // If somebody else took it at the same moment and has released it since, what was read may belong to a later wait.
        if (_completion.Version != token) throw TakenTwice();
        Volatile.Write(ref _takenVersion, token);
        // From here on the waiter is somebody else's.
        return ended is null ? new LockGuard(hold!, fencingToken) : throw ended;
    }

    LockGuard? IValueTaskSource<LockGuard?>.GetResult(short token)
    {
        var guard = GetResult(token);
        return guard.FencingToken == 0 ? null : guard;
    }

    SemaphoreGuard IValueTaskSource<SemaphoreGuard>.GetResult(short token) => GetResult(token).AsSemaphoreGuard();

    SemaphoreGuard? IValueTaskSource<SemaphoreGuard?>.GetResult(short token)
    {
        var guard = GetResult(token);
        return guard.FencingToken == 0 ? null : guard.AsSemaphoreGuard();
    }

    public ValueTaskSourceStatus GetStatus(short token) => _completion.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags);

    /// <summary>Takes the result of a wait that has callbacks to withdraw, or no release with which it would go back to the pool.</summary>
    private LockGuard TakeAlone(short token)
    {
        if (Interlocked.CompareExchange(ref _claimableVersion, None, token) != token) throw TakenTwice();

        var (hold, fencingToken, isGranted) = (_hold, _token, _outcome == WaitOutcome.Granted);
        // The end of the scope may have taken the grant back before its caller came to see it.
        var ended = !isGranted || hold!.IsOf(fencingToken) ? null : Request.WaitEnded();
        if (!TryWithdraw()) _isSpoiled = true;
        try
        {
            _completion.GetResult(token);
        }
        finally
        {
            Volatile.Write(ref _takenVersion, token);
            if (!isGranted) _entry.Stripe.Return(this);
        }
        if (ended is not null) throw ended;
        return isGranted ? new LockGuard(hold!, fencingToken) : default;
    }

    private static InvalidOperationException TakenTwice() =>
        new("The result of a request for a lock was taken before it was there, or twice. Await it once.");

    /// <summary>Forgets a wait that is over, for the next one.</summary>
    internal void ResetHoldingGate()
    {
        if (_entry is { IsKeyed: true })
        {
            // The pool serves many keys, and keeps none of what they belong to alive.
            _key = "";
            _options = LockOptions.Default;
            (_scope, _lock) = (null, null);
            _hold = null;
        }
        _holder = null;
        _observation = null;
        _isWatched = false;
        _completion.Reset();
        _claimableVersion = _completion.Version;
    }
}
