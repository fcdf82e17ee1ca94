using System.Diagnostics;
using GoGoScope.Benchmarks.Checks;
using GoGoScope.Benchmarks.Workloads;

namespace GoGoScope.Benchmarks.Stores.Rows;

/// <summary>Many tasks of one process that want the same key: most need not ask the store.</summary>
internal sealed class OneProcess() : StoreRow("64 tasks of one process")
{
    private const int Tasks = 64;

    private static readonly StoreFigure Guards = new("64 tasks of one process on one key: guards", Unit.Rate, "a floor for each", Target.RatioAtLeast(25));
    private static readonly StoreFigure LongestWait = new("… longest wait", Unit.Time);

    internal override async Task MeasureAsync(RowRun run)
    {
        await using var floor = await run.Server.OpenFloorAsync();
        await using var provider = await run.Server.OpenAsync();
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
        var hot = scope.CreateLock("hot");
        var bare = await Durations.OfAsync(run.Plan.Slice / 2, floor.PairAsync);
        await CompeteAsync(hot, run.Plan.Slice / 4);
        var (rate, longest) = await CompeteAsync(hot, run.Plan.Slice);
        run.Add(Guards, rate, 1_000_000 / bare.Median);
        run.Add(LongestWait, longest);
    }

    private static async Task<(double Rate, double LongestWait)> CompeteAsync(Lock hot, TimeSpan time)
    {
        var tally = new Tally();
        var guards = new int[Tasks];
        var longest = new TimeSpan[Tasks];
        var clock = Stopwatch.StartNew();
        await Together.RunAsync(Tasks, async task =>
        {
            for (var begin = clock.Elapsed; begin < time; begin = clock.Elapsed)
            {
                await using (await hot.AcquireAsync())
                {
                    var wait = clock.Elapsed - begin;
                    if (wait > longest[task]) longest[task] = wait;
                    var read = tally.Value;
                    await Task.Yield();
                    tally.Value = read + 1;
                    guards[task]++;
                }
            }
        });
        tally.Expect(guards.Sum());
        return (guards.Sum() / clock.Elapsed.TotalSeconds, longest.Max().TotalMicroseconds);
    }
}
