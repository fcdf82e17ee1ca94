using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace GoGoScope;

/// <summary>
/// A request that waits, from the moment it is queued until its caller has seen the outcome; then used again.
/// </summary>
/// <remarks>
/// Its outcome is decided once, under the stripe's gate, by whatever comes first: the grant, the time-out, one of the two
/// tokens. It is resumed on the thread pool, never under the stack of whoever decided. It goes back to the pool only if
/// each callback was withdrawn before it ran; otherwise the garbage collector takes it, so a late callback can never
/// meet another caller's wait.
/// </remarks>
internal sealed class Waiter : Deadline, IValueTaskSource<LockGuard>, IValueTaskSource<LockGuard?>, IThreadPoolWorkItem
{
    private static readonly Action<object?> OnCallerCancelled = static waiter => ((Waiter)waiter!).Leave(WaitOutcome.Cancelled);
    private static readonly Action<object?> OnLifetimeEnded = static waiter => ((Waiter)waiter!).Leave(WaitOutcome.Ended);

    // Its place in the queue, under the stripe's gate; Next also links the pool.
    internal PriorityLevel? Level;
    internal Waiter? Previous;
    internal Waiter? Next;
    internal long Ticket;
    internal int Marks;
    internal int Overtaken;

    /// <summary>Links those that one change under the gate has decided, until the gate is open and they are woken.</summary>
    internal Waiter? NextToWake;

    /// <summary>It was sent to the thread pool without the lock, which it may take when it arrives there.</summary>
    internal bool IsBeingWoken;

    // What was asked for. Kept field by field: the next wait mostly asks for the same, and comparing is cheaper than the
    // write barrier.
    private string _key = "";
    private TimeSpan _timeout;
    private TimeSpan? _timeToLive;
    private LockOptions _options = LockOptions.Default;
    private Scope? _scope;
    private Lock? _lock;
    private bool _answersNull;

    private LockEntry _entry = null!;
    private WaitOutcome _outcome;
    private Hold? _hold;
    private long _token;
    private string? _holder;
    private CancellationToken _caller;
    private CancellationToken _lifetime;
    private CancellationTokenRegistration _callerRegistration;
    private CancellationTokenRegistration _lifetimeRegistration;
    private DeadlineQueue? _deadlines;
    private ManualResetValueTaskSourceCore<LockGuard> _completion;

    // The version of the completion whose result is still to be taken.
    private int _takenVersion;

    internal LockMode Mode { get; private set; }

    internal int Priority { get; private set; }

    internal bool IsWaiting => _outcome == WaitOutcome.Waiting;

    internal bool MayBeOvertaken =>
        _options.AllowOvertaking && Mode == LockMode.Exclusive && Overtaken < Lock.MaxOvertaken && !Level!.IsHeadAged;

    internal LockOptions Options => _options;

    internal Scope? Scope => _scope;

    internal Lock? Lock => _lock;

    internal string Owner => Request.Owner;

    internal LockRequest Request => new()
    {
        Key = _key,
        Mode = Mode,
        Priority = Priority,
        Timeout = _timeout,
        TimeToLive = _timeToLive,
        Options = _options,
        Scope = _scope,
        Lock = _lock,
    };

    internal ValueTask<LockGuard> Task => new(this, _completion.Version);

    /// <summary>What <see cref="Task"/> is, for a wait that answers a time-out with null.</summary>
    internal ValueTask<LockGuard?> TryTask => new(this, _completion.Version);

    internal void Prepare(LockEntry entry, in LockRequest request, bool answersNull)
    {
        Debug.Assert(Level is null && !IsBeingWoken, "a waiter was used again while it was in use");
        if (_entry != entry) _entry = entry;
        if (_key != (object)request.Key) _key = request.Key;
        if (_options != (object)request.Options) _options = request.Options;
        if (_scope != request.Scope) _scope = request.Scope;
        if (_lock != request.Lock) _lock = request.Lock;
        Mode = request.Mode;
        Priority = request.Priority;
        _timeout = request.Timeout;
        _timeToLive = request.TimeToLive;
        _answersNull = answersNull;
        _outcome = WaitOutcome.Waiting;
        Overtaken = 0;
    }

    /// <summary>
    /// Lets the time-out and the two tokens end the wait. Called once it is queued, outside the gate: a token that is
    /// already cancelled calls back at once.
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
            _callerRegistration.Unregister();
            throw;
        }
    }

    private void WatchAll(CancellationToken caller)
    {
        if (_timeout != Timeout.InfiniteTimeSpan)
        {
            _deadlines = DeadlineQueue.For(Request.TimeProvider);
            _deadlines.Schedule(this, _timeout);
        }
        _caller = caller;
        if (caller.CanBeCanceled) _callerRegistration = caller.UnsafeRegister(OnCallerCancelled, this);

        var lifetime = _lock?.Lifetime ?? _scope?.Token ?? CancellationToken.None;
        if (!_entry.IsKeyed)
        {
            // A lock without a key ends all its waits at once, without a registration for each.
            if (lifetime.IsCancellationRequested) _entry.EndWaits();
            return;
        }
        _lifetime = lifetime == caller ? CancellationToken.None : lifetime;
        if (_lifetime.CanBeCanceled) _lifetimeRegistration = _lifetime.UnsafeRegister(OnLifetimeEnded, this);
    }

    internal void GrantHoldingGate(Hold hold)
    {
        _outcome = WaitOutcome.Granted;
        _hold = hold;
        _token = hold.Token;
    }

    internal void EndHoldingGate(WaitOutcome outcome, string? holder)
    {
        _outcome = outcome;
        _holder = holder;
    }

    /// <summary>Ends the wait, if nothing else has.</summary>
    internal void Leave(WaitOutcome outcome) => _entry.Abandon(this, outcome);

    internal override void OnDue() => Leave(WaitOutcome.TimedOut);

    /// <summary>Sends a list of waiters, linked by <see cref="NextToWake"/>, to their threads.</summary>
    internal static void Wake(Waiter? first)
    {
        while (first is not null)
        {
            // It may be in use for another wait before this loop looks again.
            var next = first.NextToWake;
            first.NextToWake = null;
            first.Wake();
            first = next;
        }
    }

    internal LockWaiter ToSnapshot(int passedOver) =>
        new(Owner, Mode, Priority, passedOver, _scope?.Name) { Asker = _scope };

    // A writer goes on best where its predecessor's data still is; readers that go together spread over the threads.
    internal void Wake() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: Mode == LockMode.Exclusive);

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
        var isReusable = _deadlines is null || _deadlines.Cancel(this);
        isReusable &= !_caller.CanBeCanceled || _callerRegistration.Unregister();
        isReusable &= !_lifetime.CanBeCanceled || _lifetimeRegistration.Unregister();

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
        _deadlines = null;
        (_caller, _lifetime) = (default, default);
        (_callerRegistration, _lifetimeRegistration) = (default, default);
        _completion.Reset();
        _takenVersion = _completion.Version;
        if (isReusable) stripe.Return(this);
    }
}
