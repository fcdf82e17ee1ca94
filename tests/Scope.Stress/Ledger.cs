namespace GoGoScope.Stress;

/// <summary>One semaphore of the run, and how many of its permits are in use by what its holders do.</summary>
internal sealed class Ledger(string name, int permits, ViolationList violations)
{
    private int _used;

    internal AsyncSemaphore Semaphore { get; } = new(permits, new SemaphoreOptions { Name = name });

    internal int Permits => permits;

    internal void Enter(int weight)
    {
        var used = Interlocked.Add(ref _used, weight);
        if (used > permits) violations.Add($"{name}: {used} of {permits} permits are in use");
    }

    internal void Leave(int weight) => Interlocked.Add(ref _used, -weight);

    internal void CheckTheEnd()
    {
        if (Semaphore.CurrentCount != permits) violations.Add($"{name}: {Semaphore.CurrentCount} of {permits} permits are left");
        if (Semaphore.WaitingCount != 0) violations.Add($"{name}: {Semaphore.WaitingCount} still wait");
    }
}
