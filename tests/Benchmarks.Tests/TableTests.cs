using GoGoScope.Benchmarks.Measuring;
using GoGoScope.Benchmarks.Table;
using GoGoScope.Benchmarks.Workloads;
using GoGoScope.Benchmarks.Workloads.Contended;
using GoGoScope.Benchmarks.Workloads.FreeLock;
using GoGoScope.Benchmarks.Workloads.Keys;

namespace GoGoScope.Benchmarks.Tests;

[TestFixture]
public sealed class TableTests
{
    [Test]
    public void A_ratio_is_the_median_of_the_rounds_ratios()
    {
        var measurements = new Measurements();
        AddRounds(measurements, typeof(FreeExclusive), Variant.Baseline, 10, 20, 100);
        AddRounds(measurements, typeof(FreeExclusive), Variant.WithGoGoScope, 5, 12, 40);
        Assert.That(measurements.RatioOf(typeof(FreeExclusive), Variant.WithGoGoScope), Is.EqualTo(new Ratio(0.5, 0.4, 0.6)));
        Assert.That(measurements.Of(typeof(FreeExclusive), Variant.Baseline).Time, Is.EqualTo(20));
    }

    [Test]
    public void A_row_says_what_was_reached_strict_and_with_overtaking() =>
        Assert.That(RowOf("16 tasks |"), Is.EqualTo("| 16 tasks | 200 ns (1), 88 B | 180 ns (0.90), 0 B | 0.90–0.90 | 0.60, 0 B | ≤ 1.00 / 0.55, 0 B | yes / **no** |"));

    [Test]
    public void Bytes_count_too() =>
        Assert.That(RowOf("exclusive |"), Is.EqualTo("| exclusive | 20.0 ns (1), 0 B | 8.0 ns (0.40), 24 B | 0.40–0.40 |  | ≤ 0.50, 0 B | **no** |"));

    [Test]
    public void What_has_nothing_to_reach_reaches_nothing() =>
        Assert.That(RowOf("create and dispose"), Does.EndWith("| – | – |"));

    [Test]
    public void Memory_that_is_kept_is_a_row() =>
        Assert.That(RowOf("kept after"), Is.EqualTo("| kept after 200,000 keys | 28.9 MB | 1,024 B |  |  | nothing (< 16 KB) | yes |"));

    [Test]
    public void The_page_keeps_what_stands_around_the_table() =>
        Assert.That(
            PerformancePage.InMemory.Replace($"before\n{PerformancePage.InMemory.Begin}\nold\n{PerformancePage.InMemory.End}\nafter\n", "new\n"),
            Is.EqualTo($"before\n{PerformancePage.InMemory.Begin}\nnew\n{PerformancePage.InMemory.End}\nafter\n"));

    [Test]
    public void The_page_has_a_place_for_each_table()
    {
        var page = File.ReadAllText(Repository.PerformancePage);
        Assert.That(() => PerformancePage.InMemory.Replace(page, ""), Throws.Nothing);
        Assert.That(() => PerformancePage.Stores.Replace(page, ""), Throws.Nothing);
    }

    private static string RowOf(string title) => Table().Split('\n').Single(line => line.StartsWith($"| {title}", StringComparison.Ordinal));

    private static string Table()
    {
        var measurements = new Measurements();
        foreach (var workload in AllWorkloads.Types)
            foreach (var variant in new[] { Variant.Baseline, Variant.WithGoGoScope })
                measurements.Add(workload, variant, (workload.Name, variant) switch
                {
                    (nameof(Contended16), Variant.Baseline) => new Sample(200, 88),
                    (nameof(Contended16), _) => new Sample(180, 0),
                    (nameof(FreeExclusive), Variant.WithGoGoScope) => new Sample(8, 24),
                    _ => new Sample(20, 0),
                });
        foreach (var workload in new[] { typeof(Contended16), typeof(Contended256), typeof(ContendedWithToken), typeof(ContendedWithTimeout), typeof(HotKeys) })
            measurements.Add(workload, Variant.WithOvertaking, new Sample(120, 0));
        measurements.Add(typeof(KeptMemory), Variant.Baseline, new Sample(28_900_000, 0));
        measurements.Add(typeof(KeptMemory), Variant.WithGoGoScope, new Sample(1_024, 0));
        return new MarkdownTable(measurements).Write();
    }

    private static void AddRounds(Measurements measurements, Type workload, Variant variant, params double[] times)
    {
        foreach (var time in times) measurements.Add(workload, variant, new Sample(time, 0));
    }
}
