using BenchmarkDotNet.Attributes;
using GoGoScope.Benchmarks.Checks;

namespace GoGoScope.Benchmarks.Workloads.ReadersWriters;

/// <summary>Tasks that read 19 times out of 20 and write else, in random order. A semaphore knows no readers: one at a time.</summary>
public abstract class ReadersWritersWorkload(int tasks) : Workload(PerCall)
{
    private const int PerCall = 262_144;
    private const int OneWriteIn = 20;

    private readonly SemaphoreSlim _semaphore = new(1, 1);
    private Pages _pages = new();
    private int _writes;
    private Scope _scope = null!;
    private Lock _strict = null!;
    private Lock _overtaking = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _scope = Scope.Create();
        _strict = _scope.CreateLock();
        _overtaking = _scope.CreateLock(new LockOptions { AllowOvertaking = true });
    }

    [GlobalCleanup]
    public void CleanUp() => _scope.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Benchmark(Baseline = true, OperationsPerInvoke = PerCall)]
    public Task Baseline() => CompeteAsync((times, dice) => ReadAndWriteAsync(_semaphore, times, dice));

    [Benchmark(OperationsPerInvoke = PerCall)]
    public Task WithGoGoScope() => CompeteAsync((times, dice) => ReadAndWriteAsync(_strict, times, dice));

    [Benchmark(OperationsPerInvoke = PerCall)]
    public Task WithOvertaking() => CompeteAsync((times, dice) => ReadAndWriteAsync(_overtaking, times, dice));

    private async Task<int> ReadAndWriteAsync(SemaphoreSlim semaphore, int times, Dice dice)
    {
        var writes = 0;
        for (var i = 0; i < times; i++)
        {
            var isWrite = dice.Roll(OneWriteIn) == 0;
            await semaphore.WaitAsync();
            try
            {
                if (isWrite)
                {
                    var next = _pages.BeginWrite();
                    await Task.Yield();
                    _pages.EndWrite(next);
                    writes++;
                }
                else
                {
                    var seen = _pages.Read();
                    await Task.Yield();
                    _pages.ExpectUnchanged(seen);
                }
            }
            finally
            {
                semaphore.Release();
            }
        }
        return writes;
    }

    private async Task<int> ReadAndWriteAsync(Lock theLock, int times, Dice dice)
    {
        var writes = 0;
        for (var i = 0; i < times; i++)
        {
            if (dice.Roll(OneWriteIn) == 0)
            {
                await using (await theLock.AcquireWriteAsync())
                {
                    var next = _pages.BeginWrite();
                    await Task.Yield();
                    _pages.EndWrite(next);
                    writes++;
                }
            }
            else
            {
                await using (await theLock.AcquireReadAsync())
                {
                    var seen = _pages.Read();
                    await Task.Yield();
                    _pages.ExpectUnchanged(seen);
                }
            }
        }
        return writes;
    }

    private async Task CompeteAsync(Func<int, Dice, Task<int>> work)
    {
        _pages = new Pages();
        _writes = 0;
        await Together.RunAsync(tasks, async task => Interlocked.Add(ref _writes, await work(Operations / tasks, new Dice(task))));
        _pages.Expect(_writes);
    }
}
