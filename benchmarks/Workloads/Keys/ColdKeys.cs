using BenchmarkDotNet.Attributes;
using GoGoScope.Benchmarks.Checks;

namespace GoGoScope.Benchmarks.Workloads.Keys;

/// <summary>Keys that mostly come for the first time, or come back long after they were forgotten, to a table that begins empty.</summary>
[Row(Section.Keys, "cold: 1,000,000 acquisitions over 200,000 random keys", ToReach = 0.4)]
[InvocationCount(1), WarmupCount(1), IterationCount(2)]
public class ColdKeys() : Workload(PerCall)
{
    private const int PerCall = 1_000_000;
    private const int KeyCount = 200_000;

    private readonly Tally _tally = new();
    private string[] _drawn = [];
    private SemaphoreTable _semaphores = null!;
    private Scope _scope = null!;

    [GlobalSetup]
    public void SetUp()
    {
        var keys = KeyNames.Make(KeyCount);
        _drawn = Array.ConvertAll(KeyNames.Draw(KeyCount, PerCall), number => keys[number]);
    }

    [IterationSetup]
    public void BeginEmpty()
    {
        _semaphores = new SemaphoreTable();
        _scope = Scope.Create(new ScopeOptions { LockProvider = new InMemoryLockProvider() });
        _tally.Value = 0;
    }

    [IterationCleanup]
    public void End() => _scope.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Benchmark(Baseline = true, OperationsPerInvoke = PerCall)]
    public async Task Baseline()
    {
        for (var i = 0; i < Operations; i++)
        {
            var semaphore = _semaphores[_drawn[i]];
            await semaphore.WaitAsync();
            try
            {
                _tally.Value++;
            }
            finally
            {
                semaphore.Release();
            }
        }
        _tally.Expect(Operations);
    }

    [Benchmark(OperationsPerInvoke = PerCall)]
    public async Task WithGoGoScope()
    {
        for (var i = 0; i < Operations; i++)
        {
            await using (await _scope.AcquireLockAsync(_drawn[i]))
                _tally.Value++;
        }
        _tally.Expect(Operations);
    }
}
