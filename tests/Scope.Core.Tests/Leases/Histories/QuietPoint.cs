namespace GoGoScope.Tests.Leases.Histories;

/// <summary>
/// When nothing is left to run before somebody moves the clock. Exact, because the process that runs histories has one thread in
/// its pool, and the history itself runs on it: whatever a step has set going is in that thread's queues, and when those are
/// empty, everybody waits for the clock.
/// </summary>
internal static class QuietPoint
{
    /// <summary>Whether the pool of this process has the one thread.</summary>
    internal static bool CanBeReached
    {
        get
        {
            ThreadPool.GetMaxThreads(out var threads, out _);
            return threads == 1;
        }
    }

    internal static async Task ReachAsync()
    {
        do
        {
            // Behind all that the pool has to do now.
            await Task.Yield();
        }
        while (ThreadPool.PendingWorkItemCount > 0);
    }
}
