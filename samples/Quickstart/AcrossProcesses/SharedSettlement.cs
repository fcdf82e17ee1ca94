namespace GoGoScope.Quickstart;

/// <summary>Settles all orders of a file with several processes, on one ledger in a store.</summary>
internal sealed record SharedSettlement(IReadOnlyList<Order> Orders, Settings Settings, SharedSettings Shared, StoreAddress Store)
{
    /// <summary>One run, as <see cref="Settlement.RunAsync"/> does it in one process.</summary>
    /// <param name="name">The run's name.</param>
    /// <param name="sharedLocks">Whether the workers use the store's locks, or each those in its own memory: the only difference between two runs.</param>
    /// <param name="progress">Shows how far it is.</param>
    /// <param name="cancellationToken">Ends the run early.</param>
    /// <exception cref="BadInputException">The store can't be used.</exception>
    public async Task<RunResult> RunAsync(string name, bool sharedLocks, ProgressDisplay progress, CancellationToken cancellationToken)
    {
        var job = new WorkerJob(Store.Address, SharedStore.NewRun(), Shared.Processes, sharedLocks, Settings.ThinkTime);
        try
        {
            await using var store = await SharedStore.ConnectAsync(Store, new StoreUse(job.Run, job.Processes));
            try
            {
                await store.CreateAsync(cancellationToken);
                return await Scope.RunAsync(scope => RunAsync(scope, name, job, store.Ledger, progress), new ScopeOptions { Name = name }, cancellationToken);
            }
            finally
            {
                // All workers have ended with their scope.
                await store.DeleteAsync();
            }
        }
        catch (Exception e) when (SharedStore.Failure(Store, e) is { } failure)
        {
            throw failure;
        }
    }

    private async Task<RunResult> RunAsync(Scope scope, string name, WorkerJob job, ISharedLedger ledger, ProgressDisplay progress)
    {
        var time = TimeProvider.System;
        var books = new SharedBooks(ledger, Orders);
        var deliveries = new DeliveryQueue(Shared.Duration is null ? progress.Begin(name, Orders.Count) : static () => { });
        var seats = Enumerable.Range(0, Shared.Processes).Select(_ => new WorkerSeat(job, deliveries, Settings.Workers)).ToList();
        using var killer = Shared.KillEvery is { } period ? new WorkerKiller(seats, period) : null;

        foreach (var seat in seats) scope.Run(seat.KeepAsync);
        await Task.WhenAll(seats.Select(seat => seat.Ready)).WaitAsync(scope.Token);
        if (killer is not null) scope.Run(killer.RunAsync);

        var start = time.GetTimestamp();
        if (Shared.Duration is not { } duration) await deliveries.AddAsync(await books.OpenDayAsync()).WaitAsync(scope.Token);
        else await DeliverForAsync(duration, deliveries, books, killer, progress.Begin($"{name}, seconds", (int)duration.TotalSeconds), scope.Token);
        var elapsed = time.GetElapsedTime(start);

        var (audit, missing) = await books.CheckAsync(deliveries.Confirmed);
        scope.Cancel("All orders are settled.");
        return new RunResult(name, audit, deliveries.Confirmed.Count, elapsed)
        {
            Processes = new WorkerCounts(killer?.Killed ?? 0, seats.Sum(seat => seat.Refused), missing),
        };
    }

    /// <summary>Delivers day after day until the time is up, and waits for what is under way then.</summary>
    private static async Task DeliverForAsync(
        TimeSpan duration, DeliveryQueue deliveries, SharedBooks books, WorkerKiller? killer, Action onSecond, CancellationToken cancellationToken)
    {
        var timeIsUp = CountSecondsAsync();
        Task allDone;
        do
        {
            allDone = deliveries.AddAsync(await books.OpenDayAsync());
            await Task.WhenAny(allDone, timeIsUp).WaitAsync(cancellationToken);
        }
        while (!timeIsUp.IsCompleted);
        // Whatever is under way then could be with a worker that is killed, again and again.
        killer?.Stop();
        deliveries.Stop();
        await allDone.WaitAsync(cancellationToken);

        async Task CountSecondsAsync()
        {
            using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
            for (var left = duration; left > TimeSpan.Zero; left -= second.Period)
            {
                await second.WaitForNextTickAsync(cancellationToken);
                onSecond();
            }
        }
    }
}
