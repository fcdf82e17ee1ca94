using System.Runtime.CompilerServices;

namespace GoGoScope.Tests.Leases.Histories;

/// <summary>Exceptions of tasks that nobody has observed, and assertions that failed, in a process that runs histories.</summary>
internal static class LostErrors
{
    private static readonly System.Collections.Concurrent.ConcurrentQueue<string> Found = new();
    private static readonly ConditionalWeakTable<Exception, SimulatedProcess> ToldTo = [];

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

    /// <summary>A process is told of a failure of the store: as long as it lives, it has to look at it.</summary>
    internal static void Tell(SimulatedProcess process, Exception failure) => ToldTo.AddOrUpdate(failure, process);

    private static void Note(AggregateException error)
    {
        var isOfTheKilled = error.InnerException is { } failure && ToldTo.TryGetValue(failure, out var process) && process.State == ProcessState.Dead;
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
