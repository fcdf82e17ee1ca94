using GoGoScope.Benchmarks.Stores;
using GoGoScope.Benchmarks.Table;

namespace GoGoScope.Benchmarks.Tests;

[TestFixture]
public sealed class StoreTableTests
{
    private static readonly StoreFigure Pair = new("a pair", Unit.Time, "floor", Target.RatioAtMost(1.25));
    private static readonly StoreFigure Guards = new("guards", Unit.Rate, "a floor for each", Target.RatioAtLeast(25));
    private static readonly StoreFigure Allocated = new("allocated", Unit.Bytes, "floor", Target.AtMost(2_048));
    private static readonly StoreFigure LongestWait = new("longest wait", Unit.Time);
    private static readonly StoreFigure Holder = new("holder", Unit.Core, "", Target.AtMost(0.05));

    [TestCase(200, "| a pair | 160 µs (floor) | 200 µs | 1.25 | 1.25–1.25 | ≤ 1.25 × floor | yes |")]
    [TestCase(208, "| a pair | 160 µs (floor) | 208 µs | 1.30 | 1.30–1.30 | ≤ 1.25 × floor | **no** |")]
    public void A_ratio_to_stay_below(double value, string row) => Assert.That(RowOf(Pair, value, 160), Is.EqualTo(row));

    [TestCase(250_000, "| guards | 10,000/s (a floor for each) | 250,000/s | 25.00 | 25.00–25.00 | ≥ 25 × a floor for each | yes |")]
    [TestCase(240_000, "| guards | 10,000/s (a floor for each) | 240,000/s | 24.00 | 24.00–24.00 | ≥ 25 × a floor for each | **no** |")]
    public void A_ratio_to_reach(double value, string row) => Assert.That(RowOf(Guards, value, 10_000), Is.EqualTo(row));

    [Test]
    public void What_is_compared_may_have_a_limit_of_its_own() =>
        Assert.That(RowOf(Allocated, 3_000, 1_000), Is.EqualTo("| allocated | 1,000 B (floor) | 3,000 B | 3.00 | 3.00–3.00 | ≤ 2,048 B | **no** |"));

    [Test]
    public void What_has_nothing_to_reach_reaches_nothing() => Assert.That(RowOf(LongestWait, 12_000), Is.EqualTo("| longest wait |  | 12 ms |  |  | – | – |"));

    [Test]
    public void A_share_of_a_core() => Assert.That(RowOf(Holder, 0.032), Is.EqualTo("| holder |  | 3.2 % of a core |  |  | ≤ 5 % of a core | yes |"));

    [Test]
    public void Figures_and_ratios_are_medians_of_the_rounds()
    {
        var measurements = new StoreMeasurements();
        foreach (var (value, floor) in new[] { (100, 100), (240, 120), (900, 150) }) measurements.Add("Redis", Pair, value, floor);
        Assert.That(new StoreTable(measurements).Write(), Does.Contain("| a pair | 120 µs (floor) | 240 µs | 2.00 | 1.00–6.00 |"));
    }

    [Test]
    public void A_figure_that_is_compared_needs_what_it_is_compared_with()
    {
        Assert.That(() => new StoreMeasurements().Add("Redis", Pair, 100), Throws.ArgumentException);
        Assert.That(() => new StoreMeasurements().Add("Redis", LongestWait, 100, 50), Throws.ArgumentException);
    }

    private static string RowOf(StoreFigure figure, double value, double? baseline = null)
    {
        var measurements = new StoreMeasurements();
        measurements.Add("Redis", figure, value, baseline);
        return new StoreTable(measurements).Write().Split('\n').Single(line => line.StartsWith($"| {figure.Title}", StringComparison.Ordinal));
    }
}
