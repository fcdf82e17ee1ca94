namespace GoGoScope.Benchmarks.Workloads.Semaphores;

/// <summary>One permit at a time.</summary>
public abstract class FreePermitOne(int heldByOthers) : FreePermitWorkload(heldByOthers)
{
    protected override async Task AcquireAndReleaseAsync(SemaphoreSlim semaphore)
    {
        for (var i = 0; i < Operations; i++)
        {
            await semaphore.WaitAsync();
            try
            {
                Tally.Value++;
            }
            finally
            {
                semaphore.Release();
            }
        }
    }

    protected override async Task AcquireAndReleaseAsync(AsyncSemaphore semaphore)
    {
        for (var i = 0; i < Operations; i++)
        {
            await using (await semaphore.AcquireAsync())
                Tally.Value++;
        }
    }
}
