namespace GoGoScope.Benchmarks.Workloads.FreeLock;

[Row(Section.Free, "exclusive, cancellable token", ToReach = 0.5)]
public class FreeWithToken : FreeLockWorkload
{
    private readonly CancellationTokenSource _cancellation = new();

    protected override async Task AcquireAndReleaseAsync(SemaphoreSlim semaphore)
    {
        for (var i = 0; i < Operations; i++)
        {
            await semaphore.WaitAsync(_cancellation.Token);
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
            await using (await theLock.AcquireAsync(_cancellation.Token))
                Tally.Value++;
        }
    }
}
