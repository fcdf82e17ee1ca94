namespace GoGoScope;

/// <summary>The news that a lease was lost, on its way to whoever relied on it.</summary>
internal sealed class LeaseLoss(CancellationTokenSource? source, LeaseLostException error, Scope? scope) : IThreadPoolWorkItem
{
    /// <summary>
    /// Tells the guard's token and, if there is one, the scope: on the thread pool, for what is registered there is the
    /// application's, and a timer that waited for it would let every other deadline wait too.
    /// </summary>
    internal static void Report(CancellationTokenSource? source, LeaseLostException error, Scope? scope) =>
        ThreadPool.UnsafeQueueUserWorkItem(new LeaseLoss(source, error, scope), preferLocal: false);

    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            source?.Cancel();
        }
        catch (AggregateException callbacks)
        {
            GoGoScopeEventSource.Log.CallbackFailed(error.Key, callbacks);
        }
        scope?.CancelForLostLease(error);
    }
}
