using GoGoScope.Benchmarks.Measuring;
using GoGoScope.Benchmarks.Stores;
using GoGoScope.Benchmarks.Stores.Rows;
using GoGoScope.Benchmarks.Stores.Servers;
using GoGoScope.Benchmarks.Stores.Workers;
using TestServer = GoGoScope.Testing.TestServer;

namespace GoGoScope.Benchmarks.Tests;

/// <summary>Every row runs on every store, for a moment, and passes its own checks; nothing is timed here.</summary>
[TestFixture]
public sealed class StoreRowTests
{
    private static readonly StorePlan Moment = new()
    {
        Name = "a moment",
        Rounds = 1,
        WarmsUp = false,
        Slice = TimeSpan.FromMilliseconds(80),
        Processes = 3,
        HandOvers = 5,
        Leases = 50,
        TimeToLive = TimeSpan.FromSeconds(6),
        // The first renewals come after a third of the leases' length.
        HoldFor = TimeSpan.FromSeconds(2.5),
    };

    [TestCase("Redis")]
    [TestCase("PostgreSQL")]
    [TestCase("MariaDB")]
    [TestCase("MongoDB")]
    [CancelAfter(120_000)]
    [Parallelizable(ParallelScope.All)]
    public async Task All_rows_run_on_a_store_and_exclude(string name)
    {
        var measurements = await new StoreRounds(Moment, TextWriter.Null).MeasureAsync(Store(name), AllStoreRows.Of(Store(name)));
        Assert.Multiple(() =>
        {
            foreach (var figure in measurements.FiguresOf(name)) Assert.That(measurements.ValueOf(name, figure), Is.Not.NaN.And.Not.Negative, figure.Title);
        });
        Assert.That(ValueOf("… renewals"), Is.Positive, "leases are renewed while they are watched");
        Assert.That(ValueOf("… round trips, counted on the wire"), Is.Positive);

        double ValueOf(string title) => measurements.ValueOf(name, measurements.FiguresOf(name).Single(figure => figure.Title == title));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_worker_that_fails_says_why()
    {
        await using var server = await RunningServer.StartAsync(Store("Redis"));
        await using var worker = await WorkerProcess.StartAsync(server);
        worker.Order("nonsense");
        Assert.That(async () => await worker.ExpectAsync("held"), Throws.TypeOf<MeasuringFailedException>().With.Message.Contains("nonsense"));
    }

    private static StoreKind Store(string name)
    {
        if (StoreKind.All.All(kind => kind.Name != name)) Assert.Ignore($"{name} is not on this machine, or was left out of the build.");
        var store = StoreKind.Of(name);
        TestServer.Needs(store.Program);
        return store;
    }
}
