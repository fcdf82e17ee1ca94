namespace GoGoScope.Benchmarks.Workloads.Semaphores;

/// <summary>Three permits at once; the framework's semaphore is asked three times.</summary>
[Row(Section.FreePermits, "three at once", ToReach = 0.6)]
public class FreeWeight() : FreePermitWorkload(heldByOthers: 0)
{
    private const int Weight = 3;

    protected override async Task AcquireAndReleaseAsync(SemaphoreSlim semaphore)
    {
        for (var i = 0; i < Operations; i++)
        {
            for (var taken = 0; taken < Weight; taken++) await semaphore.WaitAsync();
            try
            {
                Tally.Value++;
            }
            finally
            {
                semaphore.Release(Weight);
            }
        }
    }

    protected override async Task AcquireAndReleaseAsync(AsyncSemaphore semaphore)
    {
        for (var i = 0; i < Operations; i++)
        {
            await using (await semaphore.AcquireAsync(Weight))
                Tally.Value++;
        }
    }
}
