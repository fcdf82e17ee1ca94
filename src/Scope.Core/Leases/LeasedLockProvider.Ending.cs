namespace GoGoScope;

// How the provider ends.
public partial class LeasedLockProvider
{
    // To tell the store that nobody is there any more, although the time was needed for other things.
    private static readonly TimeSpan ShortestGoodbye = TimeSpan.FromSeconds(1);

    private Task? _ending;
    private volatile bool _hasEnded;

    /// <summary>Whether nothing may be begun any more; what stands in the store is taken out.</summary>
    internal bool IsDisposed => Volatile.Read(ref _ending) is not null;

    /// <summary>Whether nothing is to be asked of the store any more: all is done, or the time for it is over.</summary>
    internal bool HasEnded => _hasEnded;

    /// <summary>
    /// Ends the provider, and the store only if it made it: those who wait fail, what is held is released, and what waits in the
    /// store is taken out of it. Returns when that is done, at the latest after <see cref="LeaseOptions.ReleaseTimeout"/>, or a second
    /// later if the store does not let go of it; after that, the provider asks nothing of the store, and what still stands there ends
    /// by itself. For the end of the process.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return new(Interlocked.CompareExchange(ref _ending, ended.Task, null) ?? EndAsync(ended));
    }

    private async Task EndAsync(TaskCompletionSource ended)
    {
        try
        {
            var startedAt = Options.TimeProvider.GetTimestamp();
            var closed = Task.WhenAll(_agents.Values.Select(static agent => agent.CloseAsync()));
            await closed.WaitAsync(Options.ReleaseTimeout, Options.TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _hasEnded = true;
            Liveness.Stop();
            // Not here: a store may keep the thread.
            await WaitForGoodbyeAsync(Task.Run(LeaveStoreAsync), startedAt).ConfigureAwait(false);
        }
        finally
        {
            ended.SetResult();
        }
    }

    private async Task LeaveStoreAsync()
    {
        try
        {
            await _wakeUps.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            if (_ownsStore && _store is IAsyncDisposable disposable) await disposable.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits for it, but not longer than the end may take: a server that has gone without a word lets drivers wait for long.</summary>
    private async Task WaitForGoodbyeAsync(Task leaving, long startedAt)
    {
        var left = Options.ReleaseTimeout - Options.TimeProvider.GetElapsedTime(startedAt);
        if (left < ShortestGoodbye) left = ShortestGoodbye;
        await leaving.WaitAsync(left, Options.TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (leaving.IsCompleted) await leaving.ConfigureAwait(false);
        else _ = ReportFailureAsync(leaving);
    }
}
