namespace GoGoScope.Benchmarks.Workloads.FreeLock;

[Row(Section.Free, "read", ToReach = 0.6)]
public class FreeRead : FreeLockWorkload
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
            await using (await theLock.AcquireReadAsync())
                Tally.Value++;
        }
    }
}
