namespace GoGoScope;

/// <summary>
/// How a process hears that its turn has come: one subscription for all its keys, made before it stands in a queue for the
/// first time.
/// </summary>
internal sealed class WakeUps(LeasedLockProvider provider) : IStoreWatcher, IAsyncDisposable
{
    private readonly object _gate = new();
    private Task? _gettingReady;
    private IAsyncDisposable? _watching;

    internal bool IsReady => Volatile.Read(ref _gettingReady)?.IsCompletedSuccessfully == true;

    internal bool IsWoken => Volatile.Read(ref _watching) is not null;

    /// <summary>Tries again after a failure.</summary>
    internal Task GetReadyAsync()
    {
        lock (_gate)
        {
            if (_gettingReady is null or { IsFaulted: true } or { IsCanceled: true }) Volatile.Write(ref _gettingReady, StartAsync());
            return _gettingReady!;
        }
    }

    public void Woken(string key, StoredRecord? record)
    {
        if (key.StartsWith(LeasedLockProvider.KeyPrefix, StringComparison.Ordinal))
            provider.AgentOf(key[LeasedLockProvider.KeyPrefix.Length..])?.Tell(record);
    }

    public void Missed() => provider.Look();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _watching, null) is { } watching) await watching.DisposeAsync().ConfigureAwait(false);
    }

    private async Task StartAsync()
    {
        if (!IsWoken) Volatile.Write(ref _watching, await provider.WatchAsync(this).ConfigureAwait(false));
        await provider.Liveness.BeginAsync().ConfigureAwait(false);
    }
}
