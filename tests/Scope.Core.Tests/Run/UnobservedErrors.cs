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
        WholeRun.FinalizeLostTasks();
        return Volatile.Read(ref _count);
    }

    public void Dispose() => TaskScheduler.UnobservedTaskException -= Count;

    private void Count(object? sender, UnobservedTaskExceptionEventArgs lost)
    {
        if (lost.Exception.ToString().Contains(_about, StringComparison.Ordinal)) Interlocked.Increment(ref _count);
    }
}
