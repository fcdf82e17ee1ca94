using GoGoScope.Benchmarks.Stores;
using GoGoScope.Benchmarks.Stores.Rows;
using GoGoScope.Benchmarks.Stores.Servers;
using GoGoScope.Benchmarks.Table;

namespace GoGoScope.Benchmarks.Tests;

/// <summary>Every row runs on every store, for a moment, and passes its own checks; nothing is timed here.</summary>
[TestFixture]
public sealed class StoreRowTests
{
    private static readonly StorePlan Moment = new(
        "a moment", Rounds: 1, Slice: TimeSpan.FromMilliseconds(80), Processes: 3, HandOvers: 5,
        Leases: 50, TimeToLive: TimeSpan.FromSeconds(6), HoldFor: TimeSpan.FromSeconds(2.5));

    [TestCase("Redis")]
    [TestCase("PostgreSQL")]
    [CancelAfter(120_000)]
    public async Task All_rows_run_on_a_store_and_exclude(string name)
    {
        var store = StoreKind.Of(name);
        if (store.WhyNot() is { } reason) Assert.Ignore($"{name}: {reason}.");
        var measurements = await new StoreRounds(Moment, TextWriter.Null).MeasureAsync(store, AllStoreRows.Of(store));
        Assert.That(new StoreTable(measurements).Write(), Does.Contain($"| **{name}** |"));
        foreach (var figure in measurements.FiguresOf(name))
            Assert.That(measurements.ValueOf(name, figure), Is.GreaterThanOrEqualTo(0).And.LessThan(double.PositiveInfinity), figure.Title);
        TestContext.Out.WriteLine(new StoreTable(measurements).Write());
    }
}
