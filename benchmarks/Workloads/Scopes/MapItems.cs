using BenchmarkDotNet.Attributes;

namespace GoGoScope.Benchmarks.Workloads.Scopes;

/// <summary>A thousand items, two at a time, each of which gives way once; the results in order.</summary>
[Row(Section.Scopes, "map an item, 1,000 a call, 2 at a time (`Parallel.ForEachAsync`)", ToReach = 1.1, MayAllocate = true)]
public class MapItems() : Workload(PerCall)
{
    private const int PerCall = 1_000;
    private const int AtATime = 2;

    [Benchmark(Baseline = true, OperationsPerInvoke = PerCall)]
    public async Task Baseline()
    {
        var results = new int[Operations];
        await Parallel.ForEachAsync(Enumerable.Range(0, Operations), new ParallelOptions { MaxDegreeOfParallelism = AtATime },
            async (item, token) => results[item] = await WorkAsync(item, token));
        Expect(results);
    }

    [Benchmark(OperationsPerInvoke = PerCall)]
    public async Task WithGoGoScope()
    {
        await using var scope = Scope.Create();
        Expect(await scope.MapAsync(Enumerable.Range(0, Operations), WorkAsync, AtATime));
    }

    private static async ValueTask<int> WorkAsync(int item, CancellationToken token)
    {
        await Task.Yield();
        return item * 2;
    }

    private void Expect(int[] results)
    {
        for (var i = 0; i < Operations; i++)
            if (results[i] != i * 2) throw new InvalidOperationException($"The result of item {i} is {results[i]}.");
    }
}
