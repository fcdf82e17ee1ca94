using System.Collections.Concurrent;

namespace GoGoScope.Benchmarks.Workloads.Keys;

/// <summary>What is written by hand where there is no keyed lock: it never forgets a key.</summary>
internal sealed class SemaphoreTable
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _semaphores = new();

    internal int Count => _semaphores.Count;

    internal SemaphoreSlim this[string key] => _semaphores.GetOrAdd(key, static _ => new SemaphoreSlim(1, 1));
}
