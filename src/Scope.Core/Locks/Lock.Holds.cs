namespace GoGoScope;

// The grants of a key in this process to a lock of a scope. A key falls to one stripe, whose gate guards the list; so the
// scope's end finds them here, and taking a lock costs no second gate.
public sealed partial class Lock
{
    private Hold? _newestHold;

    /// <summary>
    /// Whether guards of the lock are in use; they keep it in its scope's list. Asked when the lock is marked as disposed:
    /// by the gate, a grant under way has either been listed by then or will see the mark.
    /// </summary>
    private bool HasHolds()
    {
        if (_entry is not null) return _entry.IsHeld;
        if (_provider is not InMemoryLockProvider memory) return false;
        var stripe = memory.StripeOf(_keyHash);
        stripe.Gate.Enter();
        var hasHolds = _newestHold is not null;
        stripe.Gate.Exit();
        return hasHolds;
    }

    /// <summary>A lock that was disposed stands in its scope's list until its last guard is gone.</summary>
    internal void LeaveScopeIfDone()
    {
        if (_ownership is not null && IsDisposed && !HasHolds()) _scope!.Disown(_ownership);
    }

    internal bool TryAddHoldingGate(Hold hold)
    {
        if (IsDisposed) return false;
        hold.OlderOfLock = _newestHold;
        if (_newestHold is not null) _newestHold.NewerOfLock = hold;
        _newestHold = hold;
        return true;
    }

    internal void RemoveHoldingGate(Hold hold)
    {
        if (hold.NewerOfLock is { } newer) newer.OlderOfLock = hold.OlderOfLock;
        else _newestHold = hold.OlderOfLock;
        if (hold.OlderOfLock is { } older) older.NewerOfLock = hold.NewerOfLock;
        hold.NewerOfLock = null;
        hold.OlderOfLock = null;
    }

    private void ReleaseHolds()
    {
        if (_entry is not null) _entry.ReleaseHolders();
        else if (_provider is InMemoryLockProvider memory) ReleaseHolds(memory.StripeOf(_keyHash));
    }

    private void ReleaseHolds(Stripe stripe)
    {
        while (true)
        {
            stripe.Gate.Enter();
            var hold = _newestHold;
            var token = hold?.Token ?? 0;
            stripe.Gate.Exit();
            if (hold is null) return;
            hold.Entry.Release(hold, token);
        }
    }
}
