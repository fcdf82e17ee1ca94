namespace GoGoScope;

/// <summary>
/// How a process hears that its turn has come: one subscription for all its keys, made before it stands in a queue for the
/// first time. And nobody enters a queue whom others take for dead.
/// </summary>
internal sealed class WakeUps(LeasedLockProvider provider) : IStoreWatcher, IAsyncDisposable
{
    private readonly object _gate = new();
    private Task? _gettingReady;
    private IAsyncDisposable? _watching;
    private bool _hasBegun;
    private bool _isDisposed;

    /// <summary>Whether the process is told what the store can tell, and was alive when that began.</summary>
    internal bool HasBegun => Volatile.Read(ref _hasBegun);

    internal bool IsReady => HasBegun && provider.Liveness.IsAlive;

    internal bool IsWoken => Volatile.Read(ref _watching) is not null;

    /// <summary>Tries again after a failure, and after this process could not say for long that it lives.</summary>
    internal Task GetReadyAsync()
    {
        Task<Task> start;
        Task gettingReady;
        lock (_gate)
        {
            if (_gettingReady is { } current && (!current.IsCompleted || (current.IsCompletedSuccessfully && IsReady))) return current;
            start = new Task<Task>(StartAsync);
            _gettingReady = gettingReady = start.Unwrap();
        }
        // Not inside the gate: a store may keep the thread, and others have to get in.
        start.RunSynchronously(TaskScheduler.Default);
        _ = SeeToAsync(gettingReady);
        return gettingReady;
    }

    /// <summary>Who has other things to do may not come back to see that it has failed.</summary>
    private static async Task SeeToAsync(Task gettingReady) => await gettingReady.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public void Woken(string key, StoredRecord? record)
    {
        if (key.StartsWith(LeasedLockProvider.KeyPrefix, StringComparison.Ordinal))
            provider.AgentOf(key[LeasedLockProvider.KeyPrefix.Length..])?.Tell(record);
    }

    public void Missed() => provider.Look();

    public async ValueTask DisposeAsync()
    {
        IAsyncDisposable? watching;
        lock (_gate)
        {
            _isDisposed = true;
            (watching, _watching) = (_watching, null);
        }
        if (watching is not null) await watching.DisposeAsync().ConfigureAwait(false);
    }

    private async Task StartAsync()
    {
        if (!IsWoken) await KeepAsync(await provider.WatchAsync(this).ConfigureAwait(false)).ConfigureAwait(false);
        await provider.Liveness.BeginAsync().ConfigureAwait(false);
        Volatile.Write(ref _hasBegun, true);
    }

    /// <summary>Keeps it until the end, which may have come while the store was asked for it.</summary>
    private async ValueTask KeepAsync(IAsyncDisposable? watching)
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                Volatile.Write(ref _watching, watching);
                return;
            }
        }
        if (watching is not null) await watching.DisposeAsync().ConfigureAwait(false);
    }
}
