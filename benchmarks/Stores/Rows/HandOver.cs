using System.Diagnostics;
using GoGoScope.Benchmarks.Stores.Servers;

namespace GoGoScope.Benchmarks.Stores.Rows;

/// <summary>From the release in one process to the grant in another that waits: to and fro.</summary>
internal sealed class HandOver() : StoreRow("hand-over to another process")
{
    private const int WarmUps = 10;

    private static readonly StoreFigure Half = new("hand-over to a process that waits, p50", Unit.Time, "one round trip or durable upsert", Target.RatioAtMost(3));
    // Where nobody is told, it is a matter of how often one looks.
    private static readonly StoreFigure HalfByLooking = Half with { ToReach = null };
    private static readonly StoreFigure Nearly = new("… p99", Unit.Time, "p99 of that");

    internal override async Task MeasureAsync(RowRun run)
    {
        await using var floor = await run.Server.OpenFloorAsync();
        var (holder, waiter) = (run.Workers[0], run.Workers[1]);
        var (handOvers, once) = (new Durations(), new Durations());
        holder.Order("ask to-and-fro");
        await holder.ExpectAsync("held");
        for (var i = 0; i < run.Plan.HandOvers + WarmUps; i++)
        {
            waiter.Order("ask to-and-fro");
            await waiter.ExpectAsync("waiting");
            holder.Order("release");
            var held = await waiter.ExpectAsync("held");
            var released = await holder.ExpectAsync("released");
            var bare = await FloorAsync(floor);
            if (i >= WarmUps)
            {
                handOvers.Add(Stopwatch.GetElapsedTime(released, held).TotalMicroseconds);
                once.Add(bare);
            }
            (holder, waiter) = (waiter, holder);
        }
        holder.Order("release");
        await holder.ExpectAsync("released");
        run.Add(run.Server.Kind.Tells ? Half : HalfByLooking, handOvers.Median, once.Median);
        run.Add(Nearly, handOvers.Percentile(99), once.Percentile(99));
    }

    // Right after each hand-over, so that whatever drifts hits both alike; the first of two wakes up what has slept meanwhile.
    private static async Task<double> FloorAsync(IFloor floor)
    {
        await floor.OnceAsync();
        var begin = Stopwatch.GetTimestamp();
        await floor.OnceAsync();
        return Stopwatch.GetElapsedTime(begin).TotalMicroseconds;
    }
}
