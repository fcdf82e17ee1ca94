namespace GoGoScope;

/// <summary>Slots in the order in which they joined, newest first. Under the pool's gate.</summary>
internal struct PoolSlotList<T> where T : notnull
{
    internal PoolSlot<T>? Newest { get; private set; }

    internal int Count { get; private set; }

    internal void Add(PoolSlot<T> slot)
    {
        slot.Older = Newest;
        if (Newest is not null) Newest.Newer = slot;
        Newest = slot;
        Count++;
    }

    internal void Remove(PoolSlot<T> slot)
    {
        if (slot.Newer is { } newer) newer.Older = slot.Older;
        else Newest = slot.Older;
        if (slot.Older is { } older) older.Newer = slot.Newer;
        slot.Newer = null;
        slot.Older = null;
        Count--;
    }
}
