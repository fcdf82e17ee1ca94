using GoGoScope.Benchmarks.Measuring;
using GoGoScope.Benchmarks.Workloads;

namespace GoGoScope.Benchmarks.Table;

/// <summary>What a workload shall reach: a ratio, as a rule at no bytes for each operation, strict and with overtaking.</summary>
internal sealed class Goal(RowAttribute row, Measurements measurements, Type workload)
{
    private readonly (Variant Variant, double Limit)[] _limits =
    [
        .. new[] { (Variant.WithGoGoScope, row.ToReach), (Variant.WithOvertaking, row.ToReachOvertaking) }.Where(limit => !double.IsNaN(limit.Item2)),
    ];

    internal string Text => _limits.Length == 0 ? "–" : $"≤ {string.Join(" / ", _limits.Select(limit => limit.Limit.ToString("0.00")))}{(row.MayAllocate ? "" : ", 0 B")}";

    internal string Met => _limits.Length == 0 ? "–" : string.Join(" / ", _limits.Select(limit => IsMet(limit.Variant, limit.Limit) ? "yes" : "**no**"));

    // What the table shows is what is compared: a ratio to two digits, bytes to one.
    private bool IsMet(Variant variant, double limit) =>
        Math.Round(measurements.RatioOf(workload, variant).Median, 2) <= limit && (row.MayAllocate || Math.Round(measurements.Of(workload, variant).Bytes) == 0);
}
