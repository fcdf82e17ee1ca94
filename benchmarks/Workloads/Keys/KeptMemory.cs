using GoGoScope.Benchmarks.Checks;

namespace GoGoScope.Benchmarks.Workloads.Keys;

/// <summary>What is still there, in bytes, when 200,000 keys were acquired and released once each.</summary>
public static class KeptMemory
{
    public const int KeyCount = 200_000;

    public static long OfSemaphores(int keyCount = KeyCount)
    {
        var semaphores = new SemaphoreTable();
        return KeptAfter(keyCount, semaphores, async keys =>
        {
            var acquired = 0;
            foreach (var key in keys)
            {
                var semaphore = semaphores[key];
                await semaphore.WaitAsync();
                acquired++;
                semaphore.Release();
            }
            return acquired;
        });
    }

    public static long OfGoGoScope(int keyCount = KeyCount)
    {
        var provider = new InMemoryLockProvider();
        var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
        return KeptAfter(keyCount, scope, async keys =>
        {
            var acquired = 0;
            foreach (var key in keys)
            {
                await using (await scope.AcquireLockAsync(key))
                    acquired++;
            }
            return acquired;
        });
    }

    /// <summary>The growth of the heap while <paramref name="alive"/> is; the keys' own strings stand on both sides.</summary>
    private static long KeptAfter(int keyCount, object alive, Func<string[], Task<int>> acquireAll)
    {
        var keys = KeyNames.Make(keyCount);
        acquireAll(["before"]).GetAwaiter().GetResult();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        new Tally { Value = acquireAll(keys).GetAwaiter().GetResult() }.Expect(keyCount);
        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(keys);
        GC.KeepAlive(alive);
        return kept;
    }
}
