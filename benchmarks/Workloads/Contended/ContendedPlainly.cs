namespace GoGoScope.Benchmarks.Workloads.Contended;

/// <summary>With nothing that could end a wait early.</summary>
public abstract class ContendedPlainly(int tasks) : ContendedWorkload(tasks)
{
    protected override async Task AcquireAndReleaseAsync(SemaphoreSlim semaphore, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await semaphore.WaitAsync();
            try
            {
                var read = Tally.Value;
                await Task.Yield();
                Tally.Value = read + 1;
            }
            finally
            {
                semaphore.Release();
            }
        }
    }

    protected override async Task AcquireAndReleaseAsync(Lock theLock, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await using (await theLock.AcquireAsync())
            {
                var read = Tally.Value;
                await Task.Yield();
                Tally.Value = read + 1;
            }
        }
    }
}
