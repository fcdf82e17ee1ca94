using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace GoGoScope;

/// <summary>
/// A request that waits, from the moment it is queued until its caller has seen the outcome; then used again.
/// </summary>
/// <remarks>
/// Its outcome is decided once, under the stripe's gate, by whatever comes first: the grant, the time-out, the caller's
/// token, the end of its scope or lock. It is resumed on the thread pool, never under the stack of whoever decided. It
/// goes back to the pool with the release of what it was granted, under the gate that is entered anyway, and only if each
/// callback was withdrawn before it ran; otherwise the garbage collector takes it, so a late callback can never meet
/// another caller's wait.
/// </remarks>
internal sealed partial class Waiter : QueuedRequest,
    IValueTaskSource<LockGuard>, IValueTaskSource<LockGuard?>, IValueTaskSource<SemaphoreGuard>, IValueTaskSource<SemaphoreGuard?>, IThreadPoolWorkItem
{
    internal int Overtaken;

    // Its place among the waits of its scope, under the gate of that list.
    internal Waiter? NewerInList;
    internal Waiter? OlderInList;
    internal bool IsListed;

    /// <summary>Counts the waits that this object has stood for.</summary>
    internal int Number;

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
    private int _permits;

    private LockEntry _entry = null!;
    private WaitOutcome _outcome;
    private Hold? _hold;
    private long _token;
    private string? _holder;

    // If somebody listens.
    private LockObservation? _observation;

    internal bool IsWaiting => _outcome == WaitOutcome.Waiting;

    internal bool MayBeOvertaken =>
        _options.AllowOvertaking && Mode == LockMode.Exclusive && Overtaken < Lock.MaxOvertaken && !Level!.IsHeadAged;

    internal int Weight { get; private set; }

    internal LockOptions Options => _options;

    internal Scope? Scope => _scope;

    internal Lock? Lock => _lock;

    internal string Owner => Request.OwnerHere;

    internal LockRequest Request => new()
    {
        Key = _key,
        Mode = Mode,
        Weight = Weight,
        Permits = _permits,
        Priority = Priority,
        Timeout = _timeout,
        TimeToLive = _timeToLive,
        Options = _options,
        Scope = _scope,
        Lock = _lock,
    };

    internal void Prepare(LockEntry entry, in LockRequest request, bool answersNull, LockObservation? observation)
    {
        Debug.Assert(Level is null && !IsBeingWoken, "a waiter was used again while it was in use");
        if (_entry != entry) _entry = entry;
        if (_key != (object)request.Key) _key = request.Key;
        if (_options != (object)request.Options) _options = request.Options;
        if (_scope != request.Scope) _scope = request.Scope;
        if (_lock != request.Lock) _lock = request.Lock;
        Mode = request.Mode;
        Weight = request.Weight;
        _permits = request.Permits;
        Priority = request.Priority;
        _timeout = request.Timeout;
        _timeToLive = request.TimeToLive;
        _answersNull = answersNull;
        _observation = observation;
        _waits = null;
        Number++;
        _outcome = WaitOutcome.Waiting;
        Overtaken = 0;
    }

    internal void GrantHoldingGate(Hold hold)
    {
        LeaveWaits();
        _outcome = WaitOutcome.Granted;
        if (_hold != hold) _hold = hold;
        _token = hold.Token;
        hold.Waiter = this;
        hold.Observation = _observation;
    }

    internal void EndHoldingGate(WaitOutcome outcome, string? holder)
    {
        LeaveWaits();
        _outcome = outcome;
        _holder = holder;
    }

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
        new(Owner, Mode, Priority, passedOver, _scope?.Name) { Asker = _scope, Weight = Weight };

    // A writer goes on best where its predecessor's data still is; readers that go together spread over the threads.
    internal void Wake() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: Mode != LockMode.Read);
}
