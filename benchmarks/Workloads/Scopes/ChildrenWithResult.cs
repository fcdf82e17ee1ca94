using BenchmarkDotNet.Attributes;

namespace GoGoScope.Benchmarks.Workloads.Scopes;

/// <summary>A hundred children, each of whose results is awaited.</summary>
[Row(Section.Scopes, "a child with a result, 100 a scope (`Task.Run` and `await`)")]
public class ChildrenWithResult() : Workload(PerCall)
{
    private const int PerCall = 100;

    private static readonly Task<int> One = Task.FromResult(1);

    [Benchmark(Baseline = true, OperationsPerInvoke = PerCall)]
    public async Task Baseline()
    {
        var tasks = new Task<int>[Operations];
        for (var i = 0; i < tasks.Length; i++) tasks[i] = Task.Run(() => One);
        var sum = 0;
        foreach (var task in tasks) sum += await task;
        Children.Expect(sum, Operations);
    }

    [Benchmark(OperationsPerInvoke = PerCall)]
    public async Task WithGoGoScope()
    {
        await using var scope = Scope.Create();
        var tasks = new ScopeTask<int>[Operations];
        for (var i = 0; i < tasks.Length; i++) tasks[i] = scope.Start(_ => One);
        var sum = 0;
        foreach (var task in tasks) sum += await task;
        Children.Expect(sum, Operations);
    }
}
