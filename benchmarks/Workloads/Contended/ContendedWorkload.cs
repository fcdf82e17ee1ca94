using BenchmarkDotNet.Attributes;
using GoGoScope.Benchmarks.Checks;

namespace GoGoScope.Benchmarks.Workloads.Contended;

/// <summary>
/// Tasks that acquire the same lock again and again. Whoever holds it yields before it writes back what it read, so that
/// nearly every acquisition waits, and a lock that lets two in is noticed.
/// </summary>
public abstract class ContendedWorkload(int tasks) : Workload(PerCall)
{
    // Enough for the start of 256 tasks to weigh less than half a byte each.
    private const int PerCall = 524_288;

    private readonly SemaphoreSlim _semaphore = new(1, 1);
    private Scope _scope = null!;
    private Lock _strict = null!;
    private Lock _overtaking = null!;

    protected Tally Tally { get; } = new();

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
    public Task Baseline() => CompeteAsync(times => AcquireAndReleaseAsync(_semaphore, times));

    [Benchmark(OperationsPerInvoke = PerCall)]
    public Task WithGoGoScope() => CompeteAsync(times => AcquireAndReleaseAsync(_strict, times));

    [Benchmark(OperationsPerInvoke = PerCall)]
    public Task WithOvertaking() => CompeteAsync(times => AcquireAndReleaseAsync(_overtaking, times));

    protected abstract Task AcquireAndReleaseAsync(SemaphoreSlim semaphore, int times);

    protected abstract Task AcquireAndReleaseAsync(Lock theLock, int times);

    private async Task CompeteAsync(Func<int, Task> work)
    {
        Tally.Value = 0;
        var each = Operations / tasks;
        await Together.RunAsync(tasks, _ => work(each));
        Tally.Expect(each * tasks);
    }
}
