namespace GoGoScope;

/// <summary>
/// The waits of a scope's own helpers, for whatever keys, which end with it. A list of its own: a registration with a
/// cancellation token for each wait would cost more than the wait.
/// </summary>
/// <remarks>Its gate may be entered inside a stripe's, and enters no other.</remarks>
internal sealed class WaitList(bool hasEnded = false)
{
    private Gate _gate;
    private Waiter? _newest;
    private bool _hasEnded = hasEnded;

    /// <summary>False if the end has come already.</summary>
    internal bool TryAdd(Waiter waiter)
    {
        _gate.Enter();
        var isOpen = !_hasEnded;
        if (isOpen)
        {
            waiter.IsListed = true;
            waiter.OlderInList = _newest;
            if (_newest is not null) _newest.NewerInList = waiter;
            _newest = waiter;
        }
        _gate.Exit();
        return isOpen;
    }

    internal void Remove(Waiter waiter)
    {
        _gate.Enter();
        if (waiter.IsListed) RemoveHoldingGate(waiter);
        _gate.Exit();
    }

    /// <summary>Ends all waits, and those to come.</summary>
    internal void End()
    {
        while (true)
        {
            _gate.Enter();
            _hasEnded = true;
            var waiter = _newest;
            // By the time that it is told, it may be in use for another wait: then the number is another.
            var number = waiter?.Number ?? 0;
            if (waiter is not null) RemoveHoldingGate(waiter);
            _gate.Exit();
            if (waiter is null) return;
            waiter.Leave(WaitOutcome.Ended, number);
        }
    }

    private void RemoveHoldingGate(Waiter waiter)
    {
        if (waiter.NewerInList is { } newer) newer.OlderInList = waiter.OlderInList;
        else _newest = waiter.OlderInList;
        if (waiter.OlderInList is { } older) older.NewerInList = waiter.NewerInList;
        waiter.NewerInList = null;
        waiter.OlderInList = null;
        waiter.IsListed = false;
    }
}
