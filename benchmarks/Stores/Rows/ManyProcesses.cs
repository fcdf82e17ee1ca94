using System.Diagnostics;
using GoGoScope.Benchmarks.Checks;
using GoGoScope.Benchmarks.Stores.Workers;

namespace GoGoScope.Benchmarks.Stores.Rows;

/// <summary>Processes that want the same key all the time: how often they get it, what that asks of the store, and how fair it is.</summary>
internal sealed class ManyProcesses(int tasks, int readersInHundred) : StoreRow($"8 processes × {TasksText(tasks)}, {Mode(readersInHundred)}")
{
    private readonly StoreFigure _grants = new($"8 processes × {TasksText(tasks)} on one key, {Mode(readersInHundred)}: grants", Unit.Rate, "a floor for each");
    private readonly StoreFigure _swaps = new($"… × {TasksText(tasks)}, {Mode(readersInHundred)}: swaps a grant", Unit.Count, "", Target.AtMost(readersInHundred == 0 ? 1.2 : 2));
    private readonly StoreFigure _fairness = new($"… × {TasksText(tasks)}, {Mode(readersInHundred)}: most grants of a process for one of another", Unit.Count, "", Target.AtMost(1.5));
    private readonly StoreFigure _longestWait = new($"… × {TasksText(tasks)}, {Mode(readersInHundred)}: longest wait", Unit.Time);

    internal override async Task MeasureAsync(RowRun run)
    {
        await using var floor = await run.Server.OpenFloorAsync();
        var bare = await Durations.OfAsync(run.Plan.Slice / 4, floor.PairAsync);
        var competed = await CompeteAsync(run, run.Plan.Slice);
        run.Add(_grants, competed.Sum(one => one.Grants) / run.Plan.Slice.TotalSeconds, 1_000_000 / bare.Median);
        // Who got nothing in so short a time counts as one who got it once.
        run.Add(_swaps, competed.Sum(one => one.Swaps) / Math.Max(1.0, competed.Sum(one => one.Grants)));
        run.Add(_fairness, competed.Max(one => one.Grants) / Math.Max(1.0, competed.Min(one => one.Grants)));
        run.Add(_longestWait, competed.Max(one => one.LongestWait));
    }

    private async Task<IReadOnlyList<Competed>> CompeteAsync(RowRun run, TimeSpan time)
    {
        var file = Path.GetTempFileName();
        try
        {
            using var pages = new SharedPages(file);
            foreach (var worker in run.Workers) worker.Order($"compete contended {tasks} {readersInHundred} {file}");
            foreach (var worker in run.Workers) await worker.ExpectAsync("competing");
            // The clock is that of the machine: all processes read the same.
            var begin = Stopwatch.GetTimestamp() + Ticks(time / 4);
            foreach (var worker in run.Workers) worker.Order($"measure {begin} {begin + Ticks(time)}");
            var competed = new List<Competed>();
            foreach (var worker in run.Workers) competed.Add(await worker.AnswerAsync<Competed>());
            pages.Expect(competed.Sum(one => one.Writes));
            return competed;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private static string TasksText(int tasks) => tasks == 1 ? "1 task" : $"{tasks} tasks";

    private static string Mode(int readersInHundred) => readersInHundred == 0 ? "exclusive" : $"{readersInHundred}/{100 - readersInHundred} readers/writers";
}
