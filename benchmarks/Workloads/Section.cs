namespace GoGoScope.Benchmarks.Workloads;

/// <summary>The parts of the table, each with its baseline.</summary>
internal static class Section
{
    internal const string Free = "A free lock. Baseline: `SemaphoreSlim(1, 1)`";
    internal const string Contended = "A hot lock, `Task.Yield` inside. Baseline: `SemaphoreSlim(1, 1)`";
    internal const string Keys = "Keys. Baseline: `ConcurrentDictionary<string, SemaphoreSlim>`, never cleaned";
    internal const string ReadersWriters = "95 % readers, 5 % writers, `Task.Yield` inside. Baseline: `SemaphoreSlim(1, 1)`";
    internal const string FreePermits = "Free permits of four. Baseline: `SemaphoreSlim(4, 4)`";
    internal const string ContendedPermits = "Four hot permits, `Task.Yield` inside. Baseline: `SemaphoreSlim(4, 4)`";
    internal const string Pools = "A pool of four things. Baseline: `SemaphoreSlim(4, 4)` and a `ConcurrentBag`";
    internal const string Scopes = "Scopes. Baseline: as named";
}
