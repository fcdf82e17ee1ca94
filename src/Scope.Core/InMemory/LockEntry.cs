using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace GoGoScope;

/// <summary>
/// One key, one lock without a key, or one semaphore: who holds it and who waits for it. Requests, releases and everything
/// that ends a wait or a hold meet here, under the gate of the entry's stripe.
/// </summary>
/// <remarks>
/// What must hold whenever the gate is open: an exclusive hold is alone; whoever ranks best among the waiters can't hold
/// the lock together with its holders, unless that waiter is being woken to take it; a keyed entry in the table has
/// holders or waiters; the permits of a semaphore are free or held.
/// </remarks>
internal sealed partial class LockEntry
{
    internal readonly Stripe Stripe;
    internal readonly bool IsKeyed;

    // The table's, while the entry stands in it.
    internal string? Key;
    internal int Hash;
    internal LockEntry? NextInBucket;

    // The exclusive hold, or one of those who hold it together; the others are in the list. Held if it has a token.
    private Hold _resident;
    private Hold? _readers;
    private WaitQueue? _queue;

    // The waiter that was sent to its thread to take the free lock there; see LockOptions.AllowOvertaking.
    private Waiter? _woken;

    internal LockEntry(Stripe stripe, bool isKeyed)
    {
        Stripe = stripe;
        IsKeyed = isKeyed;
        _resident = new Hold(this);
    }

    /// <summary>The entry of a lock without a key: all its requests come from one lock, in one scope or none.</summary>
    internal LockEntry(LockOptions options, Scope? scope, Lock owner, int permits = 0) : this(new Stripe(), isKeyed: false)
    {
        _permits = _freePermits = permits;
        _resident.Lock = owner;
        _resident.Options = options;
        _resident.Scope = scope;
        _mayBeShort = !options.EndsByItself;
        if (HasShortWay) _resident.OpenHoldingGate(Stripe.LastToken);
    }

    /// <summary>The hold that the short way grants, which is the resident one for good where there is that way; null where there is none.</summary>
    internal Hold? ShortHold => HasShortWay ? _resident : null;

    internal bool IsHeld => _resident.Word is not 0 and var word ? word > 0
        : IsSemaphore ? Volatile.Read(ref _freePermits) != _permits : Volatile.Read(ref _resident.Token) != 0 || Volatile.Read(ref _readers) is not null;

    private bool IsFree => _resident.Token == 0 && _readers is null;

    private bool HasWaiters => _queue is { IsEmpty: false };

    private bool IsHeldExclusively => _resident.Token != 0 && _resident.Mode == LockMode.Exclusive;

    /// <summary>Whether it admits nobody, whatever is asked for.</summary>
    private bool IsFull => IsSemaphore ? _freePermits == 0 : IsHeldExclusively;

    private bool Admits(LockMode mode, int weight) => IsSemaphore ? weight <= _freePermits : Admits(mode);

    private bool Admits(LockMode mode) => mode == LockMode.Exclusive ? IsFree : !IsHeldExclusively && !IsSemaphore;

    /// <summary>Gives up a wait, unless it has ended already.</summary>
    internal void Abandon(Waiter waiter, WaitOutcome outcome, int number)
    {
        EnterGate();
        if (!waiter.IsWaiting || waiter.Number != number)
        {
            ExitGate();
            return;
        }
        _queue!.Remove(waiter);
        var holder = outcome == WaitOutcome.TimedOut ? HolderHoldingGate() : null;
        waiter.EndHoldingGate(outcome, holder);
        if (_woken == waiter) _woken = null;
        var isOnItsWay = waiter.IsBeingWoken;
        var next = SettleHoldingGate();
        ExitGate();

        Waiter.Wake(next);
        if (!isOnItsWay) waiter.Wake();
    }

    /// <summary>A waiter that was woken without the lock has reached its thread. False if it goes on waiting.</summary>
    internal bool TryArrive(Waiter waiter)
    {
        EnterGate();
        waiter.IsBeingWoken = false;
        if (_woken == waiter) _woken = null;
        if (waiter.IsWaiting && Admits(waiter.Mode, waiter.Weight) && _queue!.Best() == waiter) GrantHoldingGate(waiter);
        var isDecided = !waiter.IsWaiting;
        var next = SettleHoldingGate();
        ExitGate();

        Waiter.Wake(next);
        return isDecided;
    }

    /// <summary>Ends the waits of all who wait now.</summary>
    internal void EndWaits()
    {
        EnterGate();
        var waits = WaitsHoldingGate(of: null);
        ExitGate();
        foreach (var (waiter, number) in waits) Abandon(waiter, WaitOutcome.Ended, number);
    }

    /// <summary>
    /// Those who wait now, or those of one lock, each with the number of its wait: by the time that it is told, the object may
    /// be in use for another.
    /// </summary>
    internal List<(Waiter Waiter, int Number)> WaitsHoldingGate(Lock? of) =>
        _queue is null ? [] : [.. _queue.Ranked().Select(static ranked => (Waiter)ranked.Waiter).Where(waiter => of is null || waiter.Lock == of).Select(static waiter => (waiter, waiter.Number))];

    internal LockSnapshot ToSnapshot()
    {
        EnterGate();
        var snapshot = ToSnapshotHoldingGate();
        ExitGate();
        return snapshot;
    }

    internal LockSnapshot ToSnapshotHoldingGate()
    {
        var holders = new List<LockHolder>();
        if (_resident.Token != 0) holders.Add(_resident.ToSnapshot());
        for (var hold = _readers; hold is not null; hold = hold.Next)
        {
            if (hold.Token != 0) holders.Add(hold.ToSnapshot());
        }
        var waiters = _queue?.Ranked().ConvertAll(static ranked => ((Waiter)ranked.Waiter).ToSnapshot(ranked.PassedOver)) ?? [];
        return new LockSnapshot(Key, holders, waiters) { Title = TitleHoldingGate(), Permits = _permits };
    }

    /// <summary>
    /// After any change: grants the lock to all whose turn it is, and forgets a key that nobody uses any more. Those to
    /// be woken once the gate is open are answered as a list.
    /// </summary>
    private Waiter? SettleHoldingGate()
    {
        var toWake = default(WakeList);
        while (!IsFull && _queue?.Best() is Waiter best && Admits(best.Mode, best.Weight))
        {
            // One that is on its way to its thread finds there what became of it.
            if (!best.IsBeingWoken) toWake.Add(best);
            if (best.MayBeOvertaken)
            {
                best.IsBeingWoken = true;
                _woken = best;
                break;
            }
            GrantHoldingGate(best);
        }
        ForgetIfUnusedHoldingGate();
        AssertInvariantsHoldingGate();
        return toWake.First;
    }

    private void ForgetIfUnusedHoldingGate()
    {
        if (!IsKeyed || !IsFree || HasWaiters || Key is null) return;
        _permits = _freePermits = 0;
        Stripe.RemoveHoldingGate(this);
    }

    private void GrantHoldingGate(Waiter waiter)
    {
        var (ticket, level) = (waiter.Ticket, waiter.Level);
        _queue!.Remove(waiter);
        if (_woken == waiter) _woken = null;
        if (TryHoldHoldingGate(waiter.Mode, waiter.Options, waiter.Scope, waiter.Lock, waiter.Weight) is { } hold)
        {
            waiter.GrantHoldingGate(hold);
            _queue.CountPassedOver(ticket, level);
        }
        else
        {
            waiter.EndHoldingGate(WaitOutcome.Ended, holder: null);
        }
    }

    /// <summary>Makes a hold for a request that the holders admit; null if the scope or the lock that asks is closed by now.</summary>
    private Hold? TryHoldHoldingGate(LockMode mode, LockOptions options, Scope? scope, Lock? @lock, int weight = 0)
    {
        // Of a key, the scope and the lock know who holds for them, and say it.
        if (!IsKeyed && @lock is { IsDisposed: true }) return null;
        if (IsSemaphore) return IsKeyed ? TryHoldPermitsOfKeyHoldingGate(options, scope, @lock, weight) : HoldPermitsHoldingGate(weight);
        return TryHoldAnyHoldingGate(mode, options, scope, @lock);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Hold? TryHoldAnyHoldingGate(LockMode mode, LockOptions options, Scope? scope, Lock? @lock)
    {
        var hold = _resident.Token == 0 ? _resident : Stripe.RentHoldHoldingGate(this);
        var token = Stripe.NextTokenHoldingGate();
        if (!hold.TryTakeHoldingGate(token, mode, options, scope, @lock))
        {
            if (hold != _resident) Stripe.ReturnHoldingGate(hold);
            return null;
        }
        if (hold == _resident) return hold;

        hold.Next = _readers;
        if (_readers is not null) _readers.Previous = hold;
        _readers = hold;
        return hold;
    }

    private string? HolderHoldingGate()
    {
        return AnyHoldHoldingGate()?.Owner ?? ((Waiter?)_queue?.Best())?.Owner;
    }

    private Hold? AnyHoldHoldingGate()
    {
        if (_resident.Token != 0) return _resident;
        var hold = _readers;
        while (hold is { Token: 0 }) hold = hold.Next;
        return hold;
    }

    [Conditional("DEBUG")]
    private void AssertInvariantsHoldingGate()
    {
        Debug.Assert(_resident.Word == 0, "the short way is open while somebody is at the gate");
        Debug.Assert(!IsHeldExclusively || _readers is null, "an exclusive hold is not alone");
        Debug.Assert(_queue?.Best() is not Waiter best || !Admits(best.Mode, best.Weight) || best.IsBeingWoken, "the best waiter could be granted the lock and was not");
        Debug.Assert(_woken is null || (_woken.IsBeingWoken && _woken.IsWaiting), "nobody is on the way to take the lock");
        Debug.Assert(!IsSemaphore || _freePermits + HeldPermits() == _permits, "permits were lost, or made");
        Debug.Assert(!IsKeyed || Key is null || !IsFree || HasWaiters, "a key that nobody uses stayed in the table");
    }
}
