using GoGoScope.Benchmarks.Stores.Peers;
using GoGoScope.Benchmarks.Stores.Servers;
using GoGoScope.Testing;

namespace GoGoScope.Benchmarks.Stores.Rows;

/// <summary>A lock that nobody else wants: what it costs beside the floor, allocates, and sends.</summary>
internal sealed class FreePair() : StoreRow("a free lock")
{
    private const int Counted = 100;

    private static readonly StoreFigure Time = new("a free lock: acquire + release", Unit.Time, "floor", Target.RatioAtMost(1.25));
    private static readonly StoreFigure Bytes = new("… allocated", Unit.Bytes, "floor", Target.AtMost(2_048));
    private static readonly StoreFigure RoundTrips = new("… round trips, counted on the wire", Unit.Count, "", Target.AtMost(2));
    private static readonly StoreFigure PeerTime = new("… by DistributedLock", Unit.Time, "floor");
    private static readonly StoreFigure PeerBytes = new("… by DistributedLock, allocated", Unit.Bytes, "floor");

    internal override async Task MeasureAsync(RowRun run)
    {
        await using var floor = await run.Server.OpenFloorAsync();
        await using (var provider = await run.Server.OpenAsync())
        await using (var scope = Scope.Create(new ScopeOptions { LockProvider = provider }))
        {
            var free = scope.CreateLock("free");
            var (bare, ours) = await Durations.CompareAsync(run.Plan.Slice, floor.PairAsync, () => PairAsync(free, times: 1));
            run.Add(Time, ours.Median, bare.Median);
            run.Add(Bytes, await AllocatedAsync(() => PairAsync(free, Counted)), await AllocatedAsync(() => PairAsync(floor)));
        }
        run.Add(RoundTrips, await RoundTripsAsync(run.Server));
        await MeasurePeerAsync(run, floor);
    }

    private static async Task MeasurePeerAsync(RowRun run, IFloor floor)
    {
        if (await Peer.OpenAsync(run.Server) is not { } peer) return;
        await using (peer)
        {
            var (bare, theirs) = await Durations.CompareAsync(run.Plan.Slice, floor.PairAsync, peer.PairAsync);
            run.Add(PeerTime, theirs.Median, bare.Median);
            run.Add(PeerBytes, await AllocatedAsync(async () =>
            {
                for (var i = 0; i < Counted; i++) await peer.PairAsync();
            }), await AllocatedAsync(() => PairAsync(floor)));
        }
    }

    /// <summary>On all threads: the driver's as well.</summary>
    private static async Task<double> AllocatedAsync(Func<Task> workCounted)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await workCounted();
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Counted;
    }

    private static async Task<double> RoundTripsAsync(RunningServer server)
    {
        await using var proxy = new CountingProxy(server.Port);
        await using var provider = await CountedProvider.OpenAsync(server.Kind, server.Kind.ConnectionAt(proxy.Port));
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
        var free = scope.CreateLock("counted");
        // What is done once for all: connecting, and telling the server the statements.
        await PairAsync(free, times: 2);
        var before = proxy.RoundTrips;
        await PairAsync(free, Counted);
        return (proxy.RoundTrips - before) / (double)Counted;
    }

    private static async Task PairAsync(Lock free, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await using (await free.AcquireAsync())
            {
            }
        }
    }

    private static async Task PairAsync(IFloor floor)
    {
        for (var i = 0; i < Counted; i++) await floor.PairAsync();
    }
}
