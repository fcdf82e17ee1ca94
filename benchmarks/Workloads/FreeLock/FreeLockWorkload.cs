using BenchmarkDotNet.Attributes;
using GoGoScope.Benchmarks.Checks;

namespace GoGoScope.Benchmarks.Workloads.FreeLock;

/// <summary>One caller acquires and releases what nobody else wants.</summary>
public abstract class FreeLockWorkload() : Workload(PerCall)
{
    private const int PerCall = 10_000;

    private readonly SemaphoreSlim _semaphore = new(1, 1);
    private Scope _scope = null!;
    private Lock _lock = null!;

    protected Tally Tally { get; } = new();

    [GlobalSetup]
    public void SetUp()
    {
        _scope = Scope.Create();
        _lock = _scope.CreateLock();
    }

    [GlobalCleanup]
    public void CleanUp() => _scope.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Benchmark(Baseline = true, OperationsPerInvoke = PerCall)]
    public async Task Baseline()
    {
        Tally.Value = 0;
        await AcquireAndReleaseAsync(_semaphore);
        Tally.Expect(Operations);
    }

    [Benchmark(OperationsPerInvoke = PerCall)]
    public async Task WithGoGoScope()
    {
        Tally.Value = 0;
        await AcquireAndReleaseAsync(_lock);
        Tally.Expect(Operations);
    }

    protected abstract Task AcquireAndReleaseAsync(SemaphoreSlim semaphore);

    protected abstract Task AcquireAndReleaseAsync(Lock theLock);
}
