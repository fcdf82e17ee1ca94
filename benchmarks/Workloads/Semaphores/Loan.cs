using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;
using GoGoScope.Benchmarks.Checks;

namespace GoGoScope.Benchmarks.Workloads.Semaphores;

[Row(Section.Pools, "lend and return one that is idle")]
public class Loan() : Workload(PerCall)
{
    private const int PerCall = 10_000;
    private const int Most = 4;

    private readonly SemaphoreSlim _slim = new(Most, Most);
    private readonly ConcurrentBag<Tally> _bag = [];
    private Scope _scope = null!;
    private ResourcePool<Tally> _pool = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _scope = Scope.Create();
        _pool = _scope.CreatePool(_ => Task.FromResult(new Tally()), new PoolOptions<Tally> { Max = Most });
    }

    [GlobalCleanup]
    public void CleanUp() => _scope.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Benchmark(Baseline = true, OperationsPerInvoke = PerCall)]
    public async Task Baseline()
    {
        for (var i = 0; i < Operations; i++)
        {
            await _slim.WaitAsync();
            if (!_bag.TryTake(out var thing)) thing = new Tally();
            thing.Value++;
            _bag.Add(thing);
            _slim.Release();
        }
    }

    [Benchmark(OperationsPerInvoke = PerCall)]
    public async Task WithGoGoScope()
    {
        for (var i = 0; i < Operations; i++)
        {
            await using var lent = await _pool.AcquireAsync();
            lent.Resource.Value++;
        }
        if (_pool.Statistics.Created != 1) throw new ExclusionViolatedException($"{_pool.Statistics.Created} things were made for one caller.");
    }
}
