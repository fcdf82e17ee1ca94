namespace GoGoScope;

/// <summary>Items that several take from, one at a time, numbered in order.</summary>
internal abstract class ItemSource<T> : IAsyncDisposable
{
    /// <summary>How many items there are, if that is known without counting; else 0.</summary>
    internal virtual int KnownCount => 0;

    /// <summary>How many were taken.</summary>
    internal int Taken { get; private protected set; }

    /// <summary>Null if there is no more, or if a look for the next one has failed before.</summary>
    internal abstract ValueTask<NumberedItem<T>?> TakeAsync(CancellationToken token);

    public abstract ValueTask DisposeAsync();
}

/// <summary>An item and its place in the source.</summary>
internal readonly record struct NumberedItem<T>(int Index, T Item);
