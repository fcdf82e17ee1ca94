using System.Collections.Concurrent;

namespace GoGoScope.Tests.Run;

/// <summary>
/// What must hold over the whole run, wherever it happened: no exception of a task was lost, and no assertion failed
/// outside of a test that could have been blamed for it.
/// </summary>
internal static class WholeRun
{
    private static readonly ConcurrentQueue<Exception> Unobserved = new();

    internal static void Watch()
    {
        AssertionListener.Install();
        TaskScheduler.UnobservedTaskException += (_, lost) => Unobserved.Enqueue(lost.Exception);
    }

    /// <summary>What went wrong, one text each.</summary>
    internal static IReadOnlyList<string> Findings()
    {
        UnobservedErrors.FinalizeLostTasks();
        return
        [
            .. Unobserved.Select(error => $"The exception of a task was never observed: {error}"),
            .. AssertionListener.TakeAll().Select(failure => failure.ToString()),
        ];
    }
}
