namespace GoGoScope;

/// <summary>The news that a lease was lost, on its way to whoever relied on it.</summary>
internal sealed class LeaseLoss(CancellationTokenSource? source, LeaseLostException error, Scope? scope, bool cancelScope) : IThreadPoolWorkItem
{
    /// <summary>
    /// Tells the guard's token and, if that is wanted, the scope: on the thread pool, for what is registered there is the
    /// application's, and a timer that waited for it would let every other deadline wait too.
    /// </summary>
    internal static void Report(CancellationTokenSource? source, LeaseLostException error, Scope? scope, bool cancelScope) =>
        ThreadPool.UnsafeQueueUserWorkItem(new LeaseLoss(source, error, scope, cancelScope), preferLocal: false);

    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            source?.Cancel();
        }
        catch (AggregateException callbacks)
        {
            GoGoScopeEventSource.Log.CallbackFailed(scope, callbacks);
        }
        GoGoScopeEventSource.Log.LeaseLost(scope, error);
        if (cancelScope) scope?.CancelForLostLease(error);
    }
}
