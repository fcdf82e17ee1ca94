using System.Diagnostics;
using GoGoScope.Benchmarks.Measuring;
using GoGoScope.Benchmarks.Stores.Rows;
using GoGoScope.Benchmarks.Stores.Servers;
using GoGoScope.Benchmarks.Stores.Workers;

namespace GoGoScope.Benchmarks.Stores;

/// <summary>Starts a server of each store, measures all rows on it again and again, and stops it.</summary>
internal sealed class StoreRounds(StorePlan plan, TextWriter progress)
{
    private readonly StoreMeasurements _measurements = new();

    /// <exception cref="MeasuringFailedException">There is no server, or a row failed.</exception>
    internal async Task<StoreMeasurements> RunAsync()
    {
        foreach (var store in StoreKind.All)
            if (store.WhyNot() is { } reason) throw new MeasuringFailedException($"{store.Name} can't be measured: {reason}.");
        var clock = Stopwatch.StartNew();
        foreach (var store in StoreKind.All)
        {
            progress.WriteLine($"{store.Name}, {clock.Elapsed:m\\:ss} so far …");
            await MeasureAsync(store, AllStoreRows.Of(store));
        }
        progress.WriteLine($"Done in {clock.Elapsed:m\\:ss}.");
        return _measurements;
    }

    /// <summary>Some rows on one store.</summary>
    internal async Task<StoreMeasurements> MeasureAsync(StoreKind store, IReadOnlyList<StoreRow> rows)
    {
        await using var server = await RunningServer.StartAsync(store);
        await using var workers = await WorkerProcess.StartManyAsync(server, plan.Processes);
        if (plan.WarmsUp) await MeasureAsync(rows, new RowRun(server, workers.Processes, plan.WarmUp, new StoreMeasurements()), "warming up");
        for (var round = 1; round <= plan.Rounds; round++)
            await MeasureAsync(rows, new RowRun(server, workers.Processes, plan, _measurements), $"round {round} of {plan.Rounds}");
        return _measurements;
    }

    private async Task MeasureAsync(IReadOnlyList<StoreRow> rows, RowRun run, string round)
    {
        foreach (var row in rows)
        {
            progress.WriteLine($"  {run.Server.Kind.Name}, {round}: {row.Title} …");
            await row.MeasureAsync(run);
        }
    }
}
