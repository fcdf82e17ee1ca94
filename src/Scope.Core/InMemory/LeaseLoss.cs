namespace GoGoScope;

/// <summary>The news that a lease was lost, on its way to whoever relied on it.</summary>
internal static class LeaseLoss
{
    /// <summary>
    /// When this returns, the guard's token and, if that is wanted, the scope's are cancelled. What is registered with them
    /// is the application's and runs on the thread pool, and so do listeners, after that: no deadline and no other lease waits for them.
    /// </summary>
    internal static void Tell(CancellationTokenSource? source, LeaseLostException error, string provider, Scope? scope, bool cancelScope, LockObservation? observation)
    {
        var told = source?.CancelAsync() ?? Task.CompletedTask;
        var cancelled = cancelScope ? scope?.CancelForLostLease(error) : null;
        var observed = observation?.Lost(error);
        Telemetry.LostLease(provider);
        Listeners.TellSoon(() =>
        {
            GoGoScopeEventSource.Log?.LeaseLost(scope, error);
            Scope.TellCancelled(cancelled);
            observed?.Invoke();
        });
        if (!told.IsCompletedSuccessfully) _ = ReportFailureAsync(told, scope);
    }

    private static async Task ReportFailureAsync(Task told, Scope? scope)
    {
        await told.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (told.Exception is { } callbacks) GoGoScopeEventSource.Log?.CallbackFailed(scope, callbacks);
    }
}
