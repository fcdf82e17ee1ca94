using System.Reflection;
using System.Text;
using GoGoScope.Benchmarks.Measuring;
using GoGoScope.Benchmarks.Workloads;
using GoGoScope.Benchmarks.Workloads.Keys;

namespace GoGoScope.Benchmarks.Table;

/// <summary>The table of docs/performance.md: a row for each workload, a heading for each section and its baseline.</summary>
internal sealed class MarkdownTable(Measurements measurements)
{
    // The heap moves by this much around a measurement in which nothing is kept.
    private const double KeptNothing = 16_384;

    private readonly StringBuilder _text = new();

    internal string Write()
    {
        _text.Append("""
            | an operation | baseline: ns (1), B | GoGoScope: ns (ratio), B | ratio, all rounds | with `AllowOvertaking` | to reach | met |
            |---|---|---|---|---|---|---|

            """);
        foreach (var section in AllWorkloads.Types.GroupBy(type => RowOf(type).Section))
        {
            _text.Append($"| **{section.Key}** | | | | | | |\n");
            foreach (var workload in section) AppendWorkload(workload);
            if (section.Key == Section.Keys) AppendKeptMemory();
        }
        return _text.ToString();
    }

    private void AppendWorkload(Type workload)
    {
        var row = RowOf(workload);
        var goal = new Goal(row, measurements, workload);
        var baseline = measurements.Of(workload, Variant.Baseline);
        var ours = measurements.Of(workload, Variant.WithGoGoScope);
        var ratio = measurements.RatioOf(workload, Variant.WithGoGoScope);
        Append(
            row.Title,
            $"{Figures.Time(baseline.Time)} (1), {Figures.Bytes(baseline.Bytes)}",
            $"{Figures.Time(ours.Time)} ({Figures.Of(ratio)}), {Figures.Bytes(ours.Bytes)}",
            Figures.Spread(ratio),
            Overtaking(workload),
            goal.Text,
            goal.Met);
    }

    private string Overtaking(Type workload)
    {
        if (!measurements.Has(workload, Variant.WithOvertaking)) return "";
        return $"{Figures.Of(measurements.RatioOf(workload, Variant.WithOvertaking))}, {Figures.Bytes(measurements.Of(workload, Variant.WithOvertaking).Bytes)}";
    }

    private void AppendKeptMemory()
    {
        var kept = measurements.Of(typeof(KeptMemory), Variant.WithGoGoScope).Time;
        Append(
            $"kept after {KeptMemory.KeyCount:#,0} keys",
            Figures.Bytes(measurements.Of(typeof(KeptMemory), Variant.Baseline).Time),
            Figures.Bytes(kept),
            "",
            "",
            $"nothing (< {Figures.Bytes(KeptNothing)})",
            kept < KeptNothing ? "yes" : "**no**");
    }

    private void Append(params string[] cells) => _text.Append($"| {string.Join(" | ", cells)} |\n");

    private static RowAttribute RowOf(Type workload) => workload.GetCustomAttribute<RowAttribute>()!;
}
