namespace GoGoScope.Tests.Run;

/// <summary>Counts the exceptions of tasks that nobody has looked at, among those that are about what is named, until it is disposed.</summary>
internal sealed class UnobservedErrors : IDisposable
{
    private readonly string _about;
    private int _count;

    internal UnobservedErrors(string about)
    {
        _about = about;
        TaskScheduler.UnobservedTaskException += Count;
    }

    /// <summary>How many there were; tasks that are still referred to have not been looked through.</summary>
    internal int CountNow()
    {
        FinalizeLostTasks();
        return Volatile.Read(ref _count);
    }

    internal static void FinalizeLostTasks()
    {
        // A task reports its unobserved exception when it is finalized; the second round is for what the first released.
        for (var round = 0; round < 2; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    public void Dispose() => TaskScheduler.UnobservedTaskException -= Count;

    private void Count(object? sender, UnobservedTaskExceptionEventArgs lost)
    {
        if (lost.Exception.ToString().Contains(_about, StringComparison.Ordinal)) Interlocked.Increment(ref _count);
    }
}
