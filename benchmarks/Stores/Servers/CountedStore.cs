namespace GoGoScope.Benchmarks.Stores.Servers;

/// <summary>A store that counts what it is asked, and tells when a key's record was swapped.</summary>
internal sealed class CountedStore(ILockStore store) : ILockStore, IAsyncDisposable
{
    private const string KeyPrefix = "lock:";

    private long _swaps;
    private long _calls;

    public string Name => store.Name;

    /// <summary>Swaps, alone and together with others.</summary>
    internal long Swaps => Volatile.Read(ref _swaps);

    /// <summary>Swaps, batches of them, and reads.</summary>
    internal long Calls => Volatile.Read(ref _calls);

    /// <summary>Called with the key of each lock whose record was swapped by itself; null for nobody.</summary>
    internal Action<string>? Swapped { get; set; }

    public ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _swaps);
        Interlocked.Increment(ref _calls);
        var swapping = store.SwapAsync(swap, cancellationToken);
        return Swapped is { } swapped && swap.Key.StartsWith(KeyPrefix, StringComparison.Ordinal) ? TellAsync(swapping, swap, swapped) : swapping;
    }

    public ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken)
    {
        Interlocked.Add(ref _swaps, swaps.Count);
        Interlocked.Increment(ref _calls);
        return store.SwapManyAsync(swaps, cancellationToken);
    }

    public ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        return store.ReadAsync(key, cancellationToken);
    }

    public ValueTask<IAsyncDisposable?> WatchAsync(string process, IStoreWatcher watcher, CancellationToken cancellationToken) =>
        store.WatchAsync(process, watcher, cancellationToken);

    public ValueTask DisposeAsync() => ((IAsyncDisposable)store).DisposeAsync();

    private static async ValueTask<StoredRecord> TellAsync(ValueTask<StoredRecord> swapping, LockSwap swap, Action<string> swapped)
    {
        var record = await swapping;
        if (record.Version == swap.Version) swapped(swap.Key[KeyPrefix.Length..]);
        return record;
    }
}
