namespace GoGoScope.Benchmarks.Workloads.Contended;

[Row(Section.Contended, "16 tasks, timeout of 30 s", ToReach = 1.0, ToReachOvertaking = 0.55)]
public class ContendedWithTimeout() : ContendedWorkload(16)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    protected override async Task AcquireAndReleaseAsync(SemaphoreSlim semaphore, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await semaphore.WaitAsync(Timeout);
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
            await using (await theLock.AcquireAsync(Timeout))
            {
                var read = Tally.Value;
                await Task.Yield();
                Tally.Value = read + 1;
            }
        }
    }
}
