using BenchmarkDotNet.Attributes;
using GoGoScope.Benchmarks.Checks;

namespace GoGoScope.Benchmarks.Workloads.Keys;

/// <summary>
/// Many tasks want few keys, each a random one every time. Overtaking is an option of a lock, so its figure is for locks
/// that are kept; the other two look the key up each time.
/// </summary>
[Row(Section.Keys, "hot: 64 tasks on 8 keys, with a `Task.Yield` inside", ToReach = 1.0, ToReachOvertaking = 0.6)]
public class HotKeys() : Workload(PerCall)
{
    private const int PerCall = 262_144;
    private const int Tasks = 64;
    private const int KeyCount = 8;

    private readonly SemaphoreTable _semaphores = new();
    private readonly string[] _keys = KeyNames.Make(KeyCount);
    private readonly Tally[] _tallies = [.. Enumerable.Range(0, KeyCount).Select(_ => new Tally())];
    private Lock[] _overtaking = [];
    private Scope _scope = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _scope = Scope.Create();
        _overtaking = Array.ConvertAll(_keys, key => _scope.CreateLock(key, new LockOptions { AllowOvertaking = true }));
    }

    [GlobalCleanup]
    public void CleanUp() => _scope.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Benchmark(Baseline = true, OperationsPerInvoke = PerCall)]
    public Task Baseline() => CompeteAsync(async (times, dice) =>
    {
        for (var i = 0; i < times; i++)
        {
            var number = dice.Roll(KeyCount);
            var semaphore = _semaphores[_keys[number]];
            await semaphore.WaitAsync();
            try
            {
                var read = _tallies[number].Value;
                await Task.Yield();
                _tallies[number].Value = read + 1;
            }
            finally
            {
                semaphore.Release();
            }
        }
    });

    [Benchmark(OperationsPerInvoke = PerCall)]
    public Task WithGoGoScope() => CompeteAsync(async (times, dice) =>
    {
        for (var i = 0; i < times; i++)
        {
            var number = dice.Roll(KeyCount);
            await using (await _scope.AcquireLockAsync(_keys[number]))
            {
                var read = _tallies[number].Value;
                await Task.Yield();
                _tallies[number].Value = read + 1;
            }
        }
    });

    [Benchmark(OperationsPerInvoke = PerCall)]
    public Task WithOvertaking() => CompeteAsync(async (times, dice) =>
    {
        for (var i = 0; i < times; i++)
        {
            var number = dice.Roll(KeyCount);
            await using (await _overtaking[number].AcquireAsync())
            {
                var read = _tallies[number].Value;
                await Task.Yield();
                _tallies[number].Value = read + 1;
            }
        }
    });

    private async Task CompeteAsync(Func<int, Dice, Task> work)
    {
        foreach (var tally in _tallies) tally.Value = 0;
        var each = Operations / Tasks;
        await Together.RunAsync(Tasks, task => work(each, new Dice(task)));
        new Tally { Value = _tallies.Sum(tally => tally.Value) }.Expect(each * Tasks);
    }
}
