using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.Histories;

/// <summary>Exceptions of tasks that nobody has observed, and assertions that failed, in a process that runs histories.</summary>
internal static class LostErrors
{
    private static readonly System.Collections.Concurrent.ConcurrentQueue<string> Found = new();

    internal static void Watch()
    {
        TaskScheduler.UnobservedTaskException += static (_, lost) => Note(lost.Exception);
        System.Diagnostics.Trace.Listeners.Clear();
        System.Diagnostics.Trace.Listeners.Add(new Assertions());
    }

    /// <summary>The first of them; null if there is none.</summary>
    internal static string? Take()
    {
        for (var round = 0; round < 2; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return Found.TryDequeue(out var first) ? first : null;
    }

    // A process that is killed while it asks for several heartbeats hears of one failure and never of the others, so nobody looks at that one.
    private static void Note(AggregateException error)
    {
        var isOfTheKilled = error.InnerException is StoreFaultException fault && fault.StackTrace?.Contains($"{nameof(ProcessLiveness)}.ReadAsync", StringComparison.Ordinal) == true;
        if (!isOfTheKilled) Found.Enqueue(error.ToString());
    }

    private sealed class Assertions : System.Diagnostics.TraceListener
    {
        public override void Fail(string? message, string? detailMessage) =>
            Found.Enqueue($"An assertion failed: {message} {detailMessage}\n{new System.Diagnostics.StackTrace(1, fNeedFileInfo: true)}");

        public override void Write(string? message) { }

        public override void WriteLine(string? message) { }
    }
}
