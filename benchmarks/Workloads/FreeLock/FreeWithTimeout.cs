namespace GoGoScope.Benchmarks.Workloads.FreeLock;

[Row(Section.Free, "exclusive, timeout and token", ToReach = 0.5)]
public class FreeWithTimeout : FreeLockWorkload
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _cancellation = new();

    protected override async Task AcquireAndReleaseAsync(SemaphoreSlim semaphore)
    {
        for (var i = 0; i < Operations; i++)
        {
            await semaphore.WaitAsync(Timeout, _cancellation.Token);
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
            await using (await theLock.AcquireAsync(Timeout, _cancellation.Token))
                Tally.Value++;
        }
    }
}
