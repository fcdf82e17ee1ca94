using BenchmarkDotNet.Attributes;
using GoGoScope.Benchmarks.Checks;

namespace GoGoScope.Benchmarks.Workloads.Semaphores;

/// <summary>Tasks that want one of four permits again and again, and yield while they hold it.</summary>
public abstract class ContendedPermitsWorkload(int tasks) : Workload(PerCall)
{
    private const int PerCall = 524_288;
    private const int Permits = 4;

    private readonly SemaphoreSlim _slim = new(Permits, Permits);
    private readonly Crowd _crowd = new(Permits);
    private Scope _scope = null!;
    private AsyncSemaphore _semaphore = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _scope = Scope.Create();
        _semaphore = _scope.CreateSemaphore(Permits);
    }

    [GlobalCleanup]
    public void CleanUp() => _scope.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Benchmark(Baseline = true, OperationsPerInvoke = PerCall)]
    public Task Baseline() => CompeteAsync(async times =>
    {
        for (var i = 0; i < times; i++)
        {
            await _slim.WaitAsync();
            try
            {
                _crowd.Enter();
                await Task.Yield();
                _crowd.Leave();
            }
            finally
            {
                _slim.Release();
            }
        }
    });

    [Benchmark(OperationsPerInvoke = PerCall)]
    public Task WithGoGoScope() => CompeteAsync(async times =>
    {
        for (var i = 0; i < times; i++)
        {
            await using (await _semaphore.AcquireAsync())
            {
                _crowd.Enter();
                await Task.Yield();
                _crowd.Leave();
            }
        }
    });

    private async Task CompeteAsync(Func<int, Task> work)
    {
        var each = Operations / tasks;
        await Together.RunAsync(tasks, _ => work(each));
        _crowd.Expect();
    }
}
