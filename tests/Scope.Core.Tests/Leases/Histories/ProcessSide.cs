namespace GoGoScope.Tests.Leases.Histories;

/// <summary>The store as the provider of one process has it: notes what is sent when, then lets it go on its way.</summary>
internal sealed class ProcessSide(World world, SimulatedProcess process) : ILockStore
{
    public string Name => "simulated";

    public ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken)
    {
        Note(in swap);
        return Hear(process.Way.SwapAsync(swap, cancellationToken));
    }

    public ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken)
    {
        foreach (var swap in swaps) Note(in swap);
        return Hear(process.Way.SwapManyAsync(swaps, cancellationToken));
    }

    public ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken)
    {
        world.Calls++;
        if (IsLock(key)) world.CallsForLocks++;
        world.Log?.Say($"  {process.Name} asks for {key}");
        return Hear(process.Way.ReadAsync(key, cancellationToken));
    }

    public ValueTask<IAsyncDisposable?> WatchAsync(string name, IStoreWatcher watcher, CancellationToken cancellationToken)
    {
        world.Log?.Say($"  {process.Name} asks to be told news");
        return Hear(process.Way.WatchAsync(name, watcher, cancellationToken));
    }

    internal static bool IsLock(string key) => key.StartsWith(LeasedLockProvider.KeyPrefix, StringComparison.Ordinal);

    private async ValueTask<T> Hear<T>(ValueTask<T> answer)
    {
        try
        {
            return await answer;
        }
        catch (Exception failure)
        {
            LostErrors.Tell(process, failure);
            throw;
        }
    }

    private void Note(in LockSwap swap)
    {
        world.Calls++;
        if (IsLock(swap.Key)) world.CallsForLocks++;
        world.Records.Sent(swap.Version);
        world.Log?.Say($"  {process.Name} asks to swap {swap.Key}, draw {swap.Draw}: {RecordLine.OfBody(world, swap.Body, IsLock(swap.Key))}");
    }
}

/// <summary>The store as requests reach it: every change of a record is judged before anybody hears of it.</summary>
internal sealed class StoreSide(World world, SimulatedProcess process) : ILockStore
{
    public string Name => "simulated";

    public async ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken)
    {
        var before = await world.Server.ReadAsync(swap.Key, cancellationToken);
        var after = await world.Server.SwapAsync(swap, cancellationToken);
        world.Records.Swapped(process, in before, in swap, in after);
        return after;
    }

    public async ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken)
    {
        var answers = new List<StoredRecord>();
        foreach (var swap in swaps) answers.Add(await SwapAsync(swap, cancellationToken));
        return answers;
    }

    public ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken) => world.Server.ReadAsync(key, cancellationToken);

    public ValueTask<IAsyncDisposable?> WatchAsync(string name, IStoreWatcher watcher, CancellationToken cancellationToken) =>
        world.Server.WatchAsync(name, new Afterwards(world, watcher), cancellationToken);

    /// <summary>The store in memory tells its news before it answers; a change is judged first, so news waits for that.</summary>
    private sealed class Afterwards(World world, IStoreWatcher watcher) : IStoreWatcher
    {
        public void Woken(string key, StoredRecord? record)
        {
            if (world.IsNewsLost) return;
            ThreadPool.UnsafeQueueUserWorkItem(static news => news.watcher.Woken(news.key, news.record), (watcher, key, record), preferLocal: false);
        }

        public void Missed() => watcher.Missed();
    }
}
