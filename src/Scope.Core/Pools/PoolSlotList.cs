namespace GoGoScope;

/// <summary>Slots, newest first. Under the pool's gate.</summary>
internal struct PoolSlotList<T> where T : notnull
{
    internal PoolSlot<T>? Newest { get; private set; }

    internal int Count { get; private set; }

    /// <summary>As the newest.</summary>
    internal void Add(PoolSlot<T> slot) => Insert(slot, newer: null);

    /// <summary>Where its rank puts it, which is mostly first.</summary>
    internal void AddByRank(PoolSlot<T> slot)
    {
        PoolSlot<T>? newer = null;
        for (var other = Newest; other is not null && other.Rank > slot.Rank; other = other.Older) newer = other;
        Insert(slot, newer);
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

    private void Insert(PoolSlot<T> slot, PoolSlot<T>? newer)
    {
        slot.Newer = newer;
        slot.Older = newer is null ? Newest : newer.Older;
        if (slot.Older is { } older) older.Newer = slot;
        if (newer is null) Newest = slot;
        else newer.Older = slot;
        Count++;
    }
}
