using BenchmarkDotNet.Attributes;

namespace GoGoScope.Benchmarks.Workloads.Scopes;

/// <summary>A scope that owns nothing. The nearest thing in the framework is a source of cancellation.</summary>
[Row(Section.Scopes, "create and dispose an empty scope (`CancellationTokenSource`)")]
public class EmptyScope() : Workload(PerCall)
{
    private const int PerCall = 10_000;

    [Benchmark(Baseline = true, OperationsPerInvoke = PerCall)]
    public void Baseline()
    {
        for (var i = 0; i < Operations; i++)
            using (new CancellationTokenSource()) { }
    }

    [Benchmark(OperationsPerInvoke = PerCall)]
    public async Task WithGoGoScope()
    {
        for (var i = 0; i < Operations; i++)
            await using (Scope.Create()) { }
    }
}
