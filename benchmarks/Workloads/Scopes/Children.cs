using BenchmarkDotNet.Attributes;

namespace GoGoScope.Benchmarks.Workloads.Scopes;

/// <summary>A hundred children that do next to nothing, and the wait for all of them. The scope itself is in the figure.</summary>
[Row(Section.Scopes, "a child, 100 a scope (`Task.Run` and `Task.WhenAll`)")]
public class Children() : Workload(PerCall)
{
    private const int PerCall = 100;

    private int _ran;

    [Benchmark(Baseline = true, OperationsPerInvoke = PerCall)]
    public async Task Baseline()
    {
        _ran = 0;
        var tasks = new Task[Operations];
        for (var i = 0; i < tasks.Length; i++)
            tasks[i] = Task.Run(() =>
            {
                Interlocked.Increment(ref _ran);
                return Task.CompletedTask;
            });
        await Task.WhenAll(tasks);
        Expect(_ran, Operations);
    }

    [Benchmark(OperationsPerInvoke = PerCall)]
    public async Task WithGoGoScope()
    {
        _ran = 0;
        await using var scope = Scope.Create();
        for (var i = 0; i < Operations; i++)
            scope.Run(_ =>
            {
                Interlocked.Increment(ref _ran);
                return Task.CompletedTask;
            });
        await scope.JoinAsync();
        Expect(_ran, Operations);
    }

    internal static void Expect(int actual, int expected)
    {
        if (actual != expected) throw new InvalidOperationException($"{actual} of {expected} children have run.");
    }
}
