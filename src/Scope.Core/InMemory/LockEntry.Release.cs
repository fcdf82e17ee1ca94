namespace GoGoScope;

// How a hold ends: by its guard, by its scope, or because its lease was over.
internal sealed partial class LockEntry
{
    /// <summary>Ends the grant with <paramref name="token"/>, if it is still held, and hands the lock over.</summary>
    internal void Release(Hold hold, long token)
    {
        // A guard that was disposed before.
        if (!hold.IsOf(token)) return;
        EnterGate();
        if (!hold.IsCurrentHoldingGate(token))
        {
            ExitGate();
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
        ExitGate();

        expiry?.Withdraw();
        if (next is not null) Waiter.Wake(next);
        observation?.Released();
        if (owner is { IsDisposed: true }) owner.LeaveScopeIfDone();
        if (scope is not null && scope.HasRunningChildAfter(childMark)) scope.GuardReleasedUnder(childMark, owner?.ToString() ?? LockText.Describe(key));
    }

    /// <summary>Releases whoever holds the lock, when the scope that owns it ends.</summary>
    internal void ReleaseHolders()
    {
        while (true)
        {
            EnterGate();
            var hold = AnyHoldHoldingGate();
            var token = hold?.Token ?? 0;
            ExitGate();
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

        try
        {
            LeaseLoss.Tell(lost, hold.Loss(token), InMemoryLockProvider.ProviderName, scope, cancelScope: options.OnLost == LeaseLossAction.CancelScope, observation);
        }
        finally
        {
            Waiter.Wake(next);
        }
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
