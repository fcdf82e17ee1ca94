using BenchmarkDotNet.Attributes;
using GoGoScope.Benchmarks.Checks;

namespace GoGoScope.Benchmarks.Workloads.Keys;

/// <summary>A few keys, each of them used before; one caller.</summary>
public abstract class WarmKeysWorkload() : Workload(PerCall)
{
    protected const int KeyCount = 1_024;
    private const int PerCall = 16_384;

    private readonly SemaphoreTable _semaphores = new();
    private string[] _keys = [];
    private int[] _drawn = [];
    private Scope _scope = null!;

    protected Tally Tally { get; } = new();

    [GlobalSetup]
    public void SetUp()
    {
        _keys = KeyNames.Make(KeyCount);
        _drawn = KeyNames.Draw(KeyCount, PerCall);
        _scope = Scope.Create();
        Prepare(_scope, _keys);
    }

    [GlobalCleanup]
    public void CleanUp() => _scope.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Benchmark(Baseline = true, OperationsPerInvoke = PerCall)]
    public async Task Baseline()
    {
        Tally.Value = 0;
        for (var i = 0; i < Operations; i++)
        {
            var semaphore = _semaphores[_keys[_drawn[i]]];
            await semaphore.WaitAsync();
            try
            {
                Tally.Value++;
            }
            finally
            {
                semaphore.Release();
            }
        }
        Tally.Expect(Operations);
    }

    [Benchmark(OperationsPerInvoke = PerCall)]
    public async Task WithGoGoScope()
    {
        Tally.Value = 0;
        await AcquireAndReleaseAsync(_scope, _keys, _drawn);
        Tally.Expect(Operations);
    }

    protected virtual void Prepare(Scope scope, string[] keys) { }

    protected abstract Task AcquireAndReleaseAsync(Scope scope, string[] keys, int[] drawn);
}
