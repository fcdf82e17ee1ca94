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
    private int _watching;
    private int _atKept;
    private readonly TaskCompletionSource _keptNoMore = new();
    private bool _isDetaining;
    private LockSwap? _detained;

    public string Name => _store.Name;

    /// <summary>Whether nobody can listen at all, as with a store that has no notifications.</summary>
    internal bool TellsNobody { get; init; }

    /// <summary>Whether nobody hears of anything.</summary>
    internal bool IsMute { get; set; }

    /// <summary>Whether news comes without the record.</summary>
    internal bool TellsNoRecords { get; set; }

    /// <summary>What every call fails with; null if the store works.</summary>
    internal Exception? Failure { get; set; }

    /// <summary>What swaps fail with, while records can be read.</summary>
    internal Exception? SwapFailure { get; set; }

    /// <summary>How the keys begin whose swaps fail; null for none.</summary>
    internal string? Refused { get; set; }

    /// <summary>What batches of swaps fail with, while each of them would go alone.</summary>
    internal Exception? BatchFailure { get; set; }

    /// <summary>In the next batch that has so many, the last of them is the one whose row somebody keeps from then on; null for none.</summary>
    internal int? KeepsLastOf { get; set; }

    /// <summary>The key, as the store knows it, whose row somebody keeps: each that comes to it fails after <see cref="KeptFor"/>, and so does a batch that it is in.</summary>
    internal string? Kept { get; private set; }

    /// <summary>How long who comes to the row that is kept waits for it.</summary>
    internal static TimeSpan KeptFor { get; } = TimeSpan.FromSeconds(1);

    /// <summary>How many have come to the row that is kept; each waits, or has failed.</summary>
    internal int AtKept => Volatile.Read(ref _atKept);

    /// <summary>What batches of swaps wait for before they are answered; null if for nothing.</summary>
    internal Task? BatchesWaitFor { get; set; }

    /// <summary>What the answers to swaps wait for, once the swap is done; null if for nothing.</summary>
    internal Task? AnswersWaitFor { get; set; }

    /// <summary>What whoever asks to hear of something waits for; null if for nothing.</summary>
    internal Task? WatchesWaitFor { get; set; }

    /// <summary>What whoever ends its listening waits for; null if for nothing.</summary>
    internal Task? GoodbyesWaitFor { get; set; }

    /// <summary>Is called with each swap that goes alone, on the thread that sends it.</summary>
    internal Action? OnSwap { get; set; }

    /// <summary>How many listen.</summary>
    internal int Watching => Volatile.Read(ref _watching);

    internal int Swaps => Volatile.Read(ref _swaps);

    internal int Calls => Volatile.Read(ref _swaps) + Volatile.Read(ref _reads) + Volatile.Read(ref _batches);

    internal int Reads => Volatile.Read(ref _reads);

    internal int Batches => Volatile.Read(ref _batches);

    /// <summary>What its clock shows.</summary>
    internal long Now => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

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

    /// <summary>Whoever keeps a row goes away.</summary>
    internal void KeepNothing()
    {
        Kept = null;
        _keptNoMore.SetResult();
    }

    public ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken)
    {
        OnSwap?.Invoke();
        if ((Failure ?? SwapFailure) is { } failure)
        {
            Interlocked.Increment(ref _swaps);
            throw failure;
        }
        if (Refused is { } refused && swap.Key.StartsWith(refused, StringComparison.Ordinal)) throw new IOException("its row is kept by somebody");
        if (_isDetaining)
        {
            (_isDetaining, _detained) = (false, swap);
            throw new IOException("the connection broke");
        }
        Interlocked.Increment(ref _swaps);
        if (swap.Key == Kept) return KeptAsync();
        var answer = _store.SwapAsync(swap, cancellationToken);
        return AnswersWaitFor is { } awaited ? AfterAsync(awaited, answer) : answer;
    }

    public async ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken)
    {
        if ((Failure ?? BatchFailure) is { } failure) throw failure;
        Interlocked.Increment(ref _batches);
        if (BatchesWaitFor is { } awaited) await awaited;
        if (swaps.Count == KeepsLastOf) (Kept, KeepsLastOf) = (swaps[^1].Key, null);
        if (swaps.Any(swap => swap.Key == Kept)) await KeptAsync();
        return await _store.SwapManyAsync(swaps, cancellationToken);
    }

    public ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken)
    {
        if (Failure is { } failure) throw failure;
        Interlocked.Increment(ref _reads);
        return _store.ReadAsync(key, cancellationToken);
    }

    public async ValueTask<IAsyncDisposable?> WatchAsync(string process, IStoreWatcher watcher, CancellationToken cancellationToken)
    {
        if (WatchesWaitFor is { } awaited) await awaited;
        if (TellsNobody) return null;
        var ear = new Ear(this, watcher);
        ear.Watch = await _store.WatchAsync(process, ear, cancellationToken);
        Interlocked.Increment(ref _watching);
        return ear;
    }

    private async ValueTask<StoredRecord> KeptAsync()
    {
        var waited = Task.Delay(KeptFor, time);
        Interlocked.Increment(ref _atKept);
        await Task.WhenAny(waited, _keptNoMore.Task);
        throw new IOException("somebody keeps its row");
    }

    private static async ValueTask<StoredRecord> AfterAsync(Task awaited, ValueTask<StoredRecord> answer)
    {
        await awaited;
        return await answer;
    }

    private sealed class Ear(CountedStore store, IStoreWatcher watcher) : IStoreWatcher, IAsyncDisposable
    {
        internal IAsyncDisposable? Watch { get; set; }

        public async ValueTask DisposeAsync()
        {
            Interlocked.Decrement(ref store._watching);
            if (store.GoodbyesWaitFor is { } awaited) await awaited;
            if (Watch is not null) await Watch.DisposeAsync();
        }


        public void Woken(string key, StoredRecord? record)
        {
            if (!store.IsMute) watcher.Woken(key, store.TellsNoRecords ? null : record);
        }

        public void Missed() => watcher.Missed();
    }
}
