using System.Runtime.CompilerServices;

namespace GoGoScope;

// How a hold ends: by its guard, by its scope, or because its lease was over.
internal sealed partial class LockEntry
{
    /// <summary>The shortest way back, for what <see cref="TryTakeFree"/> gave and nobody waits for. False if it is not like that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryReleaseFree(Hold resident, long token)
    {
        if (HasWaiters || resident.Waiter is not null || resident.Observation is not null) return false;

        var stripe = Stripe;
        if (!stripe.Gate.TryEnter()) return false;
        // A child that the guard protects may still run: that is reported on the long way. So is the last guard of a lock that was disposed just now.
        var isShort = resident.Token == token && resident.IsPlain && !HasWaiters && resident.Scope?.HasRunningChildAfter(resident.ChildMark) != true;
        if (isShort) Volatile.Write(ref resident.Token, 0);
        stripe.Gate.Exit();
        return isShort;
    }

    /// <summary>Ends the grant with <paramref name="token"/>, if it is still held, and hands the lock over.</summary>
    internal void Release(Hold hold, long token)
    {
        Stripe.Gate.Enter();
        if (!hold.IsCurrentHoldingGate(token))
        {
            Stripe.Gate.Exit();
            return;
        }
        var (scope, owner, childMark, expiry, key, observation) = (hold.Scope, hold.Lock, hold.ChildMark, hold.Expiry, Key, hold.Observation);
        if (hold.Waiter is { } waited)
        {
            hold.Waiter = null;
            Stripe.ReturnHoldingGate(waited);
        }
        hold.ClearHoldingGate();
        if (IsSemaphore)
        {
            if (IsKeyed) ReturnPermitsOfKeyHoldingGate(hold);
            else ReturnPermitsHoldingGate(hold);
        }
        else if (hold != _resident)
        {
            UnlinkReader(hold);
            Stripe.ReturnHoldingGate(hold);
        }
        Waiter? next = null;
        if (HasWaiters) next = SettleHoldingGate();
        else ForgetIfUnusedHoldingGate();
        Stripe.Gate.Exit();

        expiry?.Withdraw();
        if (next is not null) Waiter.Wake(next);
        observation?.Released();
        if (owner is { IsDisposed: true }) owner.LeaveScopeIfDone();
        if (scope is not null && scope.HasRunningChildAfter(childMark)) scope.GuardReleasedUnder(childMark, owner?.ToString() ?? LockText.Describe(key));
    }

    /// <summary>
    /// Makes requests and releases take the long way, of a lock that was disposed: nobody is granted it any more, and it is told when its last
    /// guard is gone.
    /// </summary>
    internal void EndShortWay()
    {
        Stripe.Gate.Enter();
        _resident.IsPlain = false;
        _permitsEndShort = false;
        Stripe.Gate.Exit();
    }

    /// <summary>Releases whoever holds the lock, when the scope that owns it ends.</summary>
    internal void ReleaseHolders()
    {
        while (true)
        {
            Stripe.Gate.Enter();
            var hold = AnyHoldHoldingGate();
            var token = hold?.Token ?? 0;
            Stripe.Gate.Exit();
            if (hold is null) return;
            Release(hold, token);
        }
    }

    /// <summary>The lease's time has come: ends the grant, unless it was released or its end was moved meanwhile.</summary>
    internal void Expire(Hold hold, long token, HoldExpiry expiry, long now)
    {
        Stripe.Gate.Enter();
        if (!hold.IsCurrentHoldingGate(token) || !expiry.HasEndedHoldingGate(now))
        {
            var isHeld = hold.IsCurrentHoldingGate(token);
            Stripe.Gate.Exit();
            if (isHeld) expiry.Schedule();
            return;
        }
        var (scope, owner, options, observation) = (hold.Scope, hold.Lock, hold.Options, hold.Observation);
        hold.Observation = null;
        var lost = hold.LoseHoldingGate();
        _freePermits += hold.Weight;
        if (hold == _resident) _resident = new Hold(this);
        else UnlinkReader(hold);
        var next = SettleHoldingGate();
        Stripe.Gate.Exit();

        Waiter.Wake(next);
        observation?.Lost(hold.Loss(token));
        LeaseLoss.Tell(lost, hold.Loss(token), InMemoryLockProvider.ProviderName, scope, cancelScope: options.OnLost == LeaseLossAction.CancelScope);
        if (owner is { IsDisposed: true }) owner.LeaveScopeIfDone();
    }

    private void UnlinkReader(Hold hold)
    {
        if (hold.Previous is { } previous) previous.Next = hold.Next;
        else _readers = hold.Next;
        if (hold.Next is { } next) next.Previous = hold.Previous;
        hold.Previous = null;
        hold.Next = null;
    }
}
