namespace GoGoScope.Benchmarks.Workloads.Contended;

[Row(Section.Contended, "16 tasks, a token each", ToReach = 1.0, ToReachOvertaking = 0.55)]
public class ContendedWithToken() : ContendedWorkload(16)
{
    protected override async Task AcquireAndReleaseAsync(SemaphoreSlim semaphore, int times)
    {
        using var cancellation = new CancellationTokenSource();
        for (var i = 0; i < times; i++)
        {
            await semaphore.WaitAsync(cancellation.Token);
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
        using var cancellation = new CancellationTokenSource();
        for (var i = 0; i < times; i++)
        {
            await using (await theLock.AcquireAsync(cancellation.Token))
            {
                var read = Tally.Value;
                await Task.Yield();
                Tally.Value = read + 1;
            }
        }
    }
}
