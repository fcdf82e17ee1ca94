using GoGoScope;
using GoGoScope.Hosting;

namespace Shop;

/// <summary>Orders again what has run out: on one instance of the shop at a time.</summary>
public sealed class Reorders(Warehouse warehouse, ILogger<Reorders> log, TimeProvider? time = null) : IExclusiveWorker
{
    private const string Watched = "tea";

    public async Task RunAsync(LockGuard guard, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), time ?? TimeProvider.System);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (warehouse.CountOf(Watched) == 0) ReordersLog.RunOut(log, Watched, guard.FencingToken);
        }
    }
}
