namespace GoGoScope.Benchmarks.Workloads.FreeLock;

[Row(Section.Free, "exclusive", ToReach = 0.5)]
public class FreeExclusive : FreeLockWorkload
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

    protected override async Task AcquireAndReleaseAsync(Lock theLock)
    {
        for (var i = 0; i < Operations; i++)
        {
            await using (await theLock.AcquireAsync())
                Tally.Value++;
        }
    }
}
