namespace GoGoScope;

/// <summary>Waiters to be woken once the gate is open, in the order in which they were decided.</summary>
internal struct WakeList
{
    private Waiter? _last;

    internal Waiter? First { get; private set; }

    internal void Add(Waiter waiter)
    {
        if (_last is null) First = waiter;
        else _last.NextToWake = waiter;
        _last = waiter;
    }
}
