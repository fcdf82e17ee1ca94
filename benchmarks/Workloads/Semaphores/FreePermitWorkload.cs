using BenchmarkDotNet.Attributes;
using GoGoScope.Benchmarks.Checks;

namespace GoGoScope.Benchmarks.Workloads.Semaphores;

/// <summary>One caller takes and gives back permits that are free.</summary>
public abstract class FreePermitWorkload(int heldByOthers) : Workload(PerCall)
{
    private const int PerCall = 10_000;
    private const int Permits = 4;

    private readonly SemaphoreSlim _slim = new(Permits - heldByOthers, Permits);
    private Scope _scope = null!;
    private AsyncSemaphore _semaphore = null!;

    protected Tally Tally { get; } = new();

    [GlobalSetup]
    public void SetUp()
    {
        _scope = Scope.Create();
        _semaphore = _scope.CreateSemaphore(Permits);
        for (var i = 0; i < heldByOthers; i++) _semaphore.AcquireAsync().AsTask().GetAwaiter().GetResult();
    }

    [GlobalCleanup]
    public void CleanUp() => _scope.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Benchmark(Baseline = true, OperationsPerInvoke = PerCall)]
    public async Task Baseline()
    {
        Tally.Value = 0;
        await AcquireAndReleaseAsync(_slim);
        Tally.Expect(Operations);
    }

    [Benchmark(OperationsPerInvoke = PerCall)]
    public async Task WithGoGoScope()
    {
        Tally.Value = 0;
        await AcquireAndReleaseAsync(_semaphore);
        Tally.Expect(Operations);
    }

    protected abstract Task AcquireAndReleaseAsync(SemaphoreSlim semaphore);

    protected abstract Task AcquireAndReleaseAsync(AsyncSemaphore semaphore);
}
