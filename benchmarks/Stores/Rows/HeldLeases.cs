using System.Diagnostics;
using GoGoScope.Benchmarks.Checks;
using GoGoScope.Benchmarks.Stores.Workers;

namespace GoGoScope.Benchmarks.Stores.Rows;

/// <summary>A process that holds many leases and does nothing but keep them.</summary>
internal sealed class HeldLeases() : StoreRow("10,000 held leases")
{
    private static readonly StoreFigure Connections = new("10,000 held leases of 30 s: connections", Unit.Count, "", Target.AtMost(4));
    private static readonly StoreFigure Client = new("… the process that holds them", Unit.Core, "", Target.AtMost(0.05));
    private static readonly StoreFigure Server = new("… the server", Unit.Core);
    private static readonly StoreFigure Renewals = new("… renewals", Unit.Rate);
    private static readonly StoreFigure Calls = new("… calls of the store for them", Unit.Rate);

    private static readonly TimeSpan RenewalPoll = TimeSpan.FromMilliseconds(100);

    internal override async Task MeasureAsync(RowRun run)
    {
        // One of its own, which has had nothing else to do with the server.
        await using var worker = await WorkerProcess.StartAsync(run.Server);
        worker.Order($"hold {run.Plan.Leases} {run.Plan.TimeToLive.TotalMilliseconds:0}");
        await worker.ExpectAsync("holds");
        var before = await CountAsync(worker);
        var (client, server) = (ProcFiles.ProcessorTime(worker.Id), ProcFiles.ProcessorTime(run.Server.Process));
        var clock = Stopwatch.StartNew();
        await Task.Delay(run.Plan.HoldFor);
        var after = await CountAsync(worker);
        // On a machine that is busy with others the first renewals may be late.
        while (after.Swaps == before.Swaps && clock.Elapsed < run.Plan.TimeToLive)
        {
            await Task.Delay(RenewalPoll);
            after = await CountAsync(worker);
        }
        var time = clock.Elapsed.TotalSeconds;
        run.Add(Connections, ProcFiles.Connections(worker.Id, run.Server.Port));
        run.Add(Client, (ProcFiles.ProcessorTime(worker.Id) - client) / time);
        run.Add(Server, (ProcFiles.ProcessorTime(run.Server.Process) - server) / time);
        run.Add(Renewals, (after.Swaps - before.Swaps) / time);
        run.Add(Calls, (after.Calls - before.Calls) / time);
        if (after.Lost > 0) throw new ExclusionViolatedException($"{after.Lost} leases were lost, though their holder was there.");
    }

    private static async Task<Holding> CountAsync(WorkerProcess worker)
    {
        worker.Order("count");
        return await worker.AnswerAsync<Holding>();
    }
}
