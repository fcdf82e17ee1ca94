namespace GoGoScope;

/// <summary>Slots, newest first. Under the pool's gate.</summary>
internal struct PoolSlotList<T> where T : notnull
{
    private PoolSlot<T>? _oldest;

    internal PoolSlot<T>? Newest { get; private set; }

    internal int Count { get; private set; }

    /// <summary>As the newest.</summary>
    internal void Add(PoolSlot<T> slot) => Insert(slot, newer: null);

    /// <summary>Where its rank puts it: one that comes back is the newest, and one that was checked mostly old.</summary>
    internal void AddByRank(PoolSlot<T> slot)
    {
        PoolSlot<T>? newer = null;
        if (Newest?.Rank > slot.Rank)
        {
            newer = _oldest!;
            while (newer!.Rank < slot.Rank) newer = newer.Newer;
        }
        Insert(slot, newer);
    }

    internal void Remove(PoolSlot<T> slot)
    {
        if (slot.Newer is { } newer) newer.Older = slot.Older;
        else Newest = slot.Older;
        if (slot.Older is { } older) older.Newer = slot.Newer;
        else _oldest = slot.Newer;
        slot.Newer = null;
        slot.Older = null;
        Count--;
    }

    private void Insert(PoolSlot<T> slot, PoolSlot<T>? newer)
    {
        slot.Newer = newer;
        slot.Older = newer is null ? Newest : newer.Older;
        if (slot.Older is { } older) older.Newer = slot;
        else _oldest = slot;
        if (newer is null) Newest = slot;
        else newer.Older = slot;
        Count++;
    }
}
