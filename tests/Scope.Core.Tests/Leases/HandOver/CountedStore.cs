using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>A store that counts what it is asked, and can keep its news to itself.</summary>
internal sealed class CountedStore(TimeProvider time, CountedStore? another = null) : ILockStore
{
    // With another one it is the same store, on a connection that fails by itself.
    private readonly InMemoryLockStore _store = another?._store ?? new(time);
    private int _swaps;
    private int _reads;
    private int _batches;
    private bool _isDetaining;
    private LockSwap? _detained;

    public string Name => _store.Name;

    /// <summary>Whether nobody hears of anything.</summary>
    internal bool IsMute { get; set; }

    /// <summary>What every call fails with; null if the store works.</summary>
    internal Exception? Failure { get; set; }

    /// <summary>What swaps fail with, while records can be read.</summary>
    internal Exception? SwapFailure { get; set; }

    /// <summary>What batches of swaps wait for before they are answered; null if for nothing.</summary>
    internal Task? BatchesWaitFor { get; set; }

    internal int Swaps => Volatile.Read(ref _swaps);

    internal int Calls => Volatile.Read(ref _swaps) + Volatile.Read(ref _reads) + Volatile.Read(ref _batches);

    internal int Batches => Volatile.Read(ref _batches);

    internal LockRecord RecordOf(string key)
    {
        var stored = _store.ReadAsync($"lock:{key}", CancellationToken.None).AsTask().Result;
        return LockRecord.Parse(in stored);
    }

    /// <summary>What a person does who deletes the record of a key.</summary>
    internal void Forget(string key) => _store.Plant($"lock:{key}", version: 0, fence: 0, body: "", keepUntil: 0);

    /// <summary>Lets the next swap get lost on its way; what is answered sends it on, late.</summary>
    internal Func<Task<StoredRecord>> Detain()
    {
        _isDetaining = true;
        return () => _store.SwapAsync(_detained!.Value, CancellationToken.None).AsTask();
    }

    public ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken)
    {
        if ((Failure ?? SwapFailure) is { } failure)
        {
            Interlocked.Increment(ref _swaps);
            throw failure;
        }
        if (_isDetaining)
        {
            (_isDetaining, _detained) = (false, swap);
            throw new IOException("the connection broke");
        }
        Interlocked.Increment(ref _swaps);
        return _store.SwapAsync(swap, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken)
    {
        if (Failure is { } failure) throw failure;
        Interlocked.Increment(ref _batches);
        if (BatchesWaitFor is { } awaited) await awaited;
        return await _store.SwapManyAsync(swaps, cancellationToken);
    }

    public ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken)
    {
        if (Failure is { } failure) throw failure;
        Interlocked.Increment(ref _reads);
        return _store.ReadAsync(key, cancellationToken);
    }

    public ValueTask<IAsyncDisposable?> WatchAsync(string process, IStoreWatcher watcher, CancellationToken cancellationToken) =>
        _store.WatchAsync(process, new Ear(this, watcher), cancellationToken);

    private sealed class Ear(CountedStore store, IStoreWatcher watcher) : IStoreWatcher
    {
        public void Woken(string key, StoredRecord? record)
        {
            if (!store.IsMute) watcher.Woken(key, record);
        }

        public void Missed() => watcher.Missed();
    }
}
