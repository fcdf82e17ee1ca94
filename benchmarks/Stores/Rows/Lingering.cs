using System.Diagnostics;
using GoGoScope.Benchmarks.Measuring;
using GoGoScope.Benchmarks.Stores.Peers;
using GoGoScope.Benchmarks.Stores.Servers;

namespace GoGoScope.Benchmarks.Stores.Rows;

/// <summary>A key that the same process wants again and again, with <see cref="LeaseOptions.Linger"/>.</summary>
internal sealed class Lingering() : StoreRow("a hot key with `Linger`")
{
    private const int AtOnce = 64;

    private static readonly StoreFigure Pairs = new("one task on a hot key with `Linger` of 1 s: acquire + release", Unit.Rate, "DistributedLock", Target.RatioAtLeast(100));

    internal override bool IsOf(StoreKind store) => Peer.IsKnownOn(store);

    internal override async Task MeasureAsync(RowRun run)
    {
        await using var provider = await run.Server.OpenAsync(new LeaseOptions { Linger = TimeSpan.FromSeconds(1) });
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
        var hot = scope.CreateLock("hot");
        await RateAsync(hot, run.Plan.Slice / 2);
        run.Add(Pairs, await RateAsync(hot, run.Plan.Slice), await PeersRateAsync(run));
    }

    private static async Task<double> RateAsync(Lock hot, TimeSpan time)
    {
        var (pairs, lastToken) = (0L, 0L);
        var clock = Stopwatch.StartNew();
        do
        {
            for (var i = 0; i < AtOnce; i++)
            {
                await using var guard = await hot.AcquireAsync();
                // A grant is a grant, though the store was not asked: its token is later than those before.
                if (guard.FencingToken <= lastToken) throw new MeasuringFailedException($"Token {guard.FencingToken} came after {lastToken}.");
                lastToken = guard.FencingToken;
            }
            pairs += AtOnce;
        }
        while (clock.Elapsed < time);
        return pairs / clock.Elapsed.TotalSeconds;
    }

    private static async Task<double> PeersRateAsync(RowRun run)
    {
        if (await Peer.OpenAsync(run.Server) is not { } peer) return Peer.KnownPairRate(run.Server.Kind);
        await using (peer) return 1_000_000 / (await Durations.OfAsync(run.Plan.Slice / 2, peer.PairAsync)).Median;
    }
}
