using System.Diagnostics;

namespace GoGoScope.Benchmarks.Stores.Rows;

/// <summary>From the release in one process to the grant in another that waits: to and fro.</summary>
internal sealed class HandOver() : StoreRow("hand-over to another process")
{
    private const int WarmUps = 10;

    private static readonly StoreFigure Half = new("hand-over to a process that waits, p50", Unit.Time, "one round trip or durable upsert", Target.RatioAtMost(3));
    private static readonly StoreFigure Nearly = new("… p99", Unit.Time);

    internal override async Task MeasureAsync(RowRun run)
    {
        await using var floor = await run.Server.OpenFloorAsync();
        var (holder, waiter) = (run.Workers[0], run.Workers[1]);
        var durations = new Durations();
        holder.Order("ask to-and-fro");
        await holder.ExpectAsync("held");
        for (var i = 0; i < run.Plan.HandOvers + WarmUps; i++)
        {
            waiter.Order("ask to-and-fro");
            await waiter.ExpectAsync("waiting");
            holder.Order("release");
            var held = await waiter.ExpectAsync("held");
            var released = await holder.ExpectAsync("released");
            if (i >= WarmUps) durations.Add(Stopwatch.GetElapsedTime(released, held).TotalMicroseconds);
            (holder, waiter) = (waiter, holder);
        }
        holder.Order("release");
        await holder.ExpectAsync("released");
        var once = await Durations.OfAsync(run.Plan.Slice / 2, floor.OnceAsync);
        run.Add(Half, durations.Median, once.Median);
        run.Add(Nearly, durations.Percentile(99));
    }
}
