using GoGoScope.Benchmarks.Measuring;

namespace GoGoScope.Benchmarks.Charts;

/// <summary>A bar of a chart: a ratio, with the times that it is made of. One of somebody else's lock is drawn paler.</summary>
internal sealed record Bar(string Label, Ratio Ratio, string Figures, bool IsPeer = false)
{
    internal static Bar Of(string label, WrittenRow row, bool isPeer = false) => new(label, row.Ratio, $"{row.Ours} to {row.Baseline}", isPeer);
}
