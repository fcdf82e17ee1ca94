using System.Collections.Concurrent;

namespace GoGoScope.Quickstart;

/// <summary>Settles all orders of a file once, with a number of workers.</summary>
internal sealed record Settlement(IReadOnlyList<Order> Orders, int Workers, TimeSpan ThinkTime)
{
    private const int FetchIsSlowerBy = 10;

    /// <summary>
    /// One run. Every worker is a child of one scope: if one fails, or the caller cancels, all of them end before this
    /// method does, and no lock stays behind.
    /// </summary>
    /// <param name="name">The run's name.</param>
    /// <param name="locks">Its locks, given its scope: the only difference between two runs.</param>
    /// <param name="progress">Shows how far it is.</param>
    /// <param name="cancellationToken">Ends the run early.</param>
    public Task<RunResult> RunAsync(string name, Func<Scope, CheckoutLocks> locks, ProgressDisplay progress, CancellationToken cancellationToken) =>
        Scope.RunAsync(async scope =>
        {
            var time = TimeProvider.System;
            var ledger = new Ledger(OpeningBooks.For(Orders));
            var checkout = new Checkout(ledger, locks(scope), Pauses.For(ThinkTime));
            var reports = new Reports(locks(scope), Pauses.For(ThinkTime * FetchIsSlowerBy));
            var deliveries = new ConcurrentQueue<Order>(Orders);

            var advance = progress.Begin(name, Orders.Count);
            var start = time.GetTimestamp();
            for (var worker = 0; worker < Workers; worker++) scope.Run(WorkAsync);
            await scope.JoinAsync();
            var elapsed = time.GetElapsedTime(start);

            return new RunResult(name, ledger.Check(), Orders.Count, elapsed) { TokensFetched = reports.TokensFetched };

            async Task WorkAsync(CancellationToken token)
            {
                var unreported = 0;
                while (deliveries.TryDequeue(out var order))
                {
                    await checkout.SettleAsync(order, token);
                    advance();
                    if (++unreported < Reports.DeliveriesPerReport) continue;
                    await reports.SendAsync(token);
                    unreported = 0;
                }
                if (unreported > 0) await reports.SendAsync(token);
            }
        }, new ScopeOptions { Name = name }, cancellationToken);
}
