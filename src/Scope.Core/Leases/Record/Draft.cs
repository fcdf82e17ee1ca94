namespace GoGoScope;

/// <summary>A list that is made from an array, which stays as it is: the first change copies it.</summary>
internal struct Draft<T>(T[] origin)
{
    private T[] _items = origin;

    internal int Count { get; private set; } = origin.Length;

    internal bool IsChanged { get; private set; }

    internal readonly ReadOnlySpan<T> Items => _items.AsSpan(0, Count);

    /// <summary>The item at <paramref name="index"/>, to be changed.</summary>
    internal ref T Edit(int index)
    {
        if (!IsChanged) Own(_items.Length);
        return ref _items[index];
    }

    internal void Add(in T item)
    {
        if (Count == _items.Length) Own(Count + 1);
        else if (!IsChanged) Own(_items.Length);
        _items[Count++] = item;
    }

    internal T RemoveAt(int index)
    {
        var removed = _items[index];
        if (Count == 1) (_items, IsChanged) = ([], true);
        else if (!IsChanged) Own(_items.Length);
        Count--;
        if (Count > index) Array.Copy(_items, index + 1, _items, index, Count - index);
        return removed;
    }

    internal readonly T[] ToArray() => Count == _items.Length ? _items : Items.ToArray();

    private void Own(int capacity)
    {
        var copy = new T[capacity];
        Items.CopyTo(copy);
        _items = copy;
        IsChanged = true;
    }
}
