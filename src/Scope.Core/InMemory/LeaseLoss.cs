namespace GoGoScope;

/// <summary>The news that a lease was lost, on its way to whoever relied on it.</summary>
internal static class LeaseLoss
{
    /// <summary>
    /// When this returns, the guard's token and, if that is wanted, the scope's are cancelled. What is registered with them
    /// is the application's and runs on the thread pool: no deadline and no other listener waits for it.
    /// </summary>
    internal static void Tell(CancellationTokenSource? source, LeaseLostException error, string provider, Scope? scope, bool cancelScope)
    {
        var told = source?.CancelAsync() ?? Task.CompletedTask;
        Telemetry.LostLease(provider);
        GoGoScopeEventSource.Log.LeaseLost(scope, error);
        if (cancelScope) scope?.CancelForLostLease(error);
        if (!told.IsCompletedSuccessfully) _ = ReportFailureAsync(told, scope);
    }

    private static async Task ReportFailureAsync(Task told, Scope? scope)
    {
        await told.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (told.Exception is { } callbacks) GoGoScopeEventSource.Log.CallbackFailed(scope, callbacks);
    }
}
