using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace GoGoScope;

// A semaphore: an entry that many hold together, each so many of its permits. In the queue each of its requests stands in the way of
// all behind it, as writers do, so that nobody goes past a request for many.
internal sealed partial class LockEntry
{
    private const int FreeHoldsKept = 128;

    // Of a lock both are zero. What has a key is whatever those take it for who use it, and nothing while nobody does.
    private int _permits;
    private int _freePermits;

    // Holds of a semaphore stay in the list of those beside the resident one, also when nobody holds them: then here as well.
    private Hold? _freeHolds;
    private int _freeHoldCount;

    internal LockEntry(int permits, LockOptions options, Scope? scope, Lock owner) : this(options, scope, owner, permits) => _resident.IsOfSemaphore = true;

    internal int FreePermits => _resident.Word is not 0 and var word ? _permits - Hold.Read(word).What : Volatile.Read(ref _freePermits);

    internal int WaiterCount
    {
        get
        {
            Stripe.Gate.Enter();
            var count = _queue?.Count ?? 0;
            Stripe.Gate.Exit();
            return count;
        }
    }

    private bool IsSemaphore => _permits != 0;

    /// <summary>
    /// Beside others, where the short way is closed: for who finds enough permits, nobody who waits, and a hold that lies idle, without making a request.
    /// Nothing if it is not like that.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal (Hold? Hold, long Token) TryTakePermits(int weight)
    {
        Debug.Assert(IsSemaphore && !IsKeyed, "what has a key is asked for at its provider");
        // Where too few are seen to be free it is not tried; whether there are enough, the gate decides.
        if (FreePermits < weight) return default;

        var stripe = Stripe;
        if (!stripe.Gate.TryEnter()) return default;
        CloseShortWayHoldingGate();
        Hold? hold = null;
        long token = 0;
        if (_mayBeShort && weight <= _freePermits && !HasWaiters && (hold = TakeIdlePermitHoldHoldingGate()) is not null)
        {
            token = stripe.NextTokenHoldingGate();
            _freePermits -= weight;
            hold.Weight = weight;
            hold.TakeAgainHoldingGate(token, LockMode.Permits);
        }
        stripe.Gate.Exit();
        return (hold, token);
    }

    /// <summary>The way back from there, if nobody waits, nor has waited for it. False if it is not like that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryReleasePermits(Hold hold, long token)
    {
        if (HasWaiters || hold.Waiter is not null || hold.Observation is not null) return false;

        var stripe = Stripe;
        if (!stripe.Gate.TryEnter()) return false;
        CloseShortWayHoldingGate();
        // What is more to do, for the last guard of a semaphore that was disposed, or to report, is done on the long way.
        var isShort = hold.Token == token && !HasWaiters && _mayBeShort && _freeHoldCount < FreeHoldsKept
            && hold.Scope?.HasRunningChildAfter(hold.ChildMark) != true;
        if (isShort)
        {
            Volatile.Write(ref hold.Token, 0);
            ReturnPermitsHoldingGate(hold);
        }
        ExitGate();
        return isShort;
    }

    private Hold HoldPermitsHoldingGate(int weight)
    {
        var hold = TakeIdlePermitHoldHoldingGate() ?? AddPermitHoldHoldingGate();
        Debug.Assert(weight >= 1 && weight <= _freePermits, "more permits were granted than are free");
        _freePermits -= weight;
        hold.Weight = weight;
        hold.TakeAgainHoldingGate(Stripe.NextTokenHoldingGate(), LockMode.Permits);
        return hold;
    }

    private void ReturnPermitsHoldingGate(Hold hold)
    {
        _freePermits += hold.Weight;
        if (hold == _resident) return;
        if (_freeHoldCount == FreeHoldsKept)
        {
            UnlinkReader(hold);
            return;
        }
        _freeHoldCount++;
        hold.NextFree = _freeHolds;
        _freeHolds = hold;
    }

    /// <summary>Permits of a key: their holds are like those of a lock, as they have options, scopes and leases of their own.</summary>
    private Hold? TryHoldPermitsOfKeyHoldingGate(LockOptions options, Scope? scope, Lock? @lock, int weight)
    {
        if (TryHoldAnyHoldingGate(LockMode.Permits, options, scope, @lock) is not { } hold) return null;
        Debug.Assert(weight >= 1 && weight <= _freePermits, "more permits were granted than are free");
        _freePermits -= weight;
        hold.Weight = weight;
        return hold;
    }

    private void ReturnPermitsOfKeyHoldingGate(Hold hold)
    {
        _freePermits += hold.Weight;
        hold.Weight = 0;
        if (hold != _resident)
        {
            UnlinkReader(hold);
            Stripe.ReturnHoldingGate(hold);
        }
    }

    /// <summary>Whether the key is used for what the request takes it for; what nobody uses becomes that.</summary>
    private bool TryAgreeHoldingGate(int permits)
    {
        if (!IsFree || HasWaiters) return false;
        _permits = _freePermits = permits;
        return true;
    }

    private Answer RefuseOtherUseAndExitGate(in LockRequest request)
    {
        var found = _permits;
        Stripe.Gate.Exit();
        return Answer.Refused(new KeyInOtherUseException(request.Key, request.Permits, found));
    }

    private string? TitleHoldingGate() =>
        !IsSemaphore ? null : IsKeyed ? AsyncSemaphore.Describe(Key, _permits) : _resident.Lock!.ToString();

    /// <summary>The resident hold, or one beside it that was held before; null if none is free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Hold? TakeIdlePermitHoldHoldingGate()
    {
        if (_resident.Token == 0) return _resident;
        if (_freeHolds is not { } hold) return null;
        _freeHolds = hold.NextFree;
        _freeHoldCount--;
        return hold;
    }

    private Hold AddPermitHoldHoldingGate()
    {
        var resident = _resident;
        var hold = new Hold(this) { IsOfSemaphore = true, Options = resident.Options, Scope = resident.Scope, Lock = resident.Lock, Next = _readers };
        if (_readers is not null) _readers.Previous = hold;
        _readers = hold;
        return hold;
    }

    private int HeldPermits()
    {
        var held = _resident.Token == 0 ? 0 : _resident.Weight;
        for (var hold = _readers; hold is not null; hold = hold.Next)
        {
            if (hold.Token != 0) held += hold.Weight;
        }
        return held;
    }
}
