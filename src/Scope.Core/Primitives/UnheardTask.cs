namespace GoGoScope;

/// <summary>A task that somebody may cease to wait for.</summary>
internal static class UnheardTask
{
    /// <summary>What becomes of it when nobody waits for it any more is nobody's business, an error neither.</summary>
    internal static void GoesOnUnheard(this Task task) => _ = task.ContinueWith(
        static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
