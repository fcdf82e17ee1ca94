using System.Collections.Immutable;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Order;
using BenchmarkDotNet.Running;

namespace GoGoScope.Benchmarks.Measuring;

/// <summary>Baseline first in one round and last in the next, so that whatever drifts hits both sides alike.</summary>
internal sealed class AlternatingOrderer(int round) : DefaultOrderer(SummaryOrderPolicy.Declared, MethodOrderPolicy.Declared)
{
    public override IEnumerable<BenchmarkCase> GetExecutionOrder(ImmutableArray<BenchmarkCase> benchmarkCases, IEnumerable<BenchmarkLogicalGroupRule>? order = null)
    {
        var declared = base.GetExecutionOrder(benchmarkCases, order);
        return round % 2 == 0 ? declared : declared.Reverse();
    }
}
