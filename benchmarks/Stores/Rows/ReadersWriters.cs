using System.Diagnostics;
using GoGoScope.Benchmarks.Checks;
using GoGoScope.Benchmarks.Stores.Peers;
using GoGoScope.Benchmarks.Stores.Servers;
using GoGoScope.Benchmarks.Workloads;

namespace GoGoScope.Benchmarks.Stores.Rows;

/// <summary>Tasks of one process that mostly read.</summary>
internal sealed class ReadersWriters() : StoreRow("95/5 readers-writers")
{
    private const int Tasks = 32;
    private const int OneWriteIn = 20;

    private static readonly StoreFigure Guards = new("32 tasks of one process, 95/5 readers/writers: guards", Unit.Rate, "DistributedLock", Target.RatioAtLeast(10));
    private static readonly StoreFigure LongestWait = new("… 95/5: longest wait", Unit.Time);

    internal override bool IsOf(StoreKind store) => Peer.IsKnownOn(store);

    internal override async Task MeasureAsync(RowRun run)
    {
        await using var provider = await run.Server.OpenAsync();
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
        var books = scope.CreateLock("books");
        Func<Func<Task>, Task> read = async inside =>
        {
            await using (await books.AcquireReadAsync()) await inside();
        };
        Func<Func<Task>, Task> write = async inside =>
        {
            await using (await books.AcquireWriteAsync()) await inside();
        };
        await CompeteAsync(run.Plan.Slice / 4, read, write);
        var ours = await CompeteAsync(run.Plan.Slice, read, write);
        run.Add(Guards, ours.Rate, await PeersRateAsync(run));
        run.Add(LongestWait, ours.LongestWait);
    }

    private static async Task<double> PeersRateAsync(RowRun run)
    {
        if (await Peer.OpenAsync(run.Server) is not { } peer) return Peer.KnownReadersWritersRate(run.Server.Kind);
        await using (peer) return (await CompeteAsync(run.Plan.Slice, peer.ReadAsync, peer.WriteAsync)).Rate;
    }

    private static async Task<(double Rate, double LongestWait)> CompeteAsync(TimeSpan time, Func<Func<Task>, Task> read, Func<Func<Task>, Task> write)
    {
        var pages = new Pages();
        var (guards, writes) = (0, 0);
        var longest = new TimeSpan[Tasks];
        var clock = Stopwatch.StartNew();
        await Together.RunAsync(Tasks, async task =>
        {
            var dice = new Dice(task);
            var begin = TimeSpan.Zero;
            async Task ReadAsync()
            {
                Granted(ref longest[task], clock.Elapsed - begin);
                var seen = pages.Read();
                await Task.Yield();
                pages.ExpectUnchanged(seen);
            }
            async Task WriteAsync()
            {
                Granted(ref longest[task], clock.Elapsed - begin);
                var next = pages.BeginWrite();
                await Task.Yield();
                pages.EndWrite(next);
                writes++;
            }
            for (begin = clock.Elapsed; begin < time; begin = clock.Elapsed)
            {
                await (dice.Roll(OneWriteIn) == 0 ? write(WriteAsync) : read(ReadAsync));
                // Of who came in time: with a lock that lets its waiters poll, the last may be late by seconds.
                if (clock.Elapsed < time) Interlocked.Increment(ref guards);
            }
        });
        pages.Expect(writes);
        return (guards / time.TotalSeconds, longest.Max().TotalMicroseconds);
    }

    private static void Granted(ref TimeSpan longest, TimeSpan wait)
    {
        if (wait > longest) longest = wait;
    }
}
