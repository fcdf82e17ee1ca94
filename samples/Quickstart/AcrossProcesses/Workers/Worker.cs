namespace GoGoScope.Quickstart;

/// <summary>
/// What runs in a worker's process: settles the orders that it reads from its input, as many at once as it is given, and
/// answers each on its output.
/// </summary>
/// <remarks>
/// Its input ends when there are no more orders, and also if the process ends that has started this one, however that ends: no
/// worker is left alone.
/// </remarks>
internal static class Worker
{
    /// <summary>The only argument of a worker's process.</summary>
    public const string Argument = "worker";

    public static async Task<int> RunAsync()
    {
        // Ctrl+C reaches all processes of a terminal. The one that has started this one decides what it means.
        Console.CancelKeyPress += static (_, pressed) => pressed.Cancel = true;
        using var input = new StreamReader(Console.OpenStandardInput());
        if (await input.ReadLineAsync() is not { } line) return ExitCode.Ok;
        var job = WorkerJob.Parse(line);
        var provider = StoreAddress.TryParse(job.Provider.OriginalString)!;
        try
        {
            await using var store = await SharedStore.ConnectAsync(provider, new StoreUse(job.Run, job.Processes));
            await SettleAsync(job, store, input);
            return ExitCode.Ok;
        }
        catch (Exception e) when (SharedStore.Failure(provider, e) is { } failure)
        {
            Console.Error.WriteLine(Shown.OneLine(failure.Message));
            return ExitCode.BadInput;
        }
    }

    private static Task SettleAsync(WorkerJob job, SharedStore store, StreamReader input)
    {
        // All that differs between the two runs. Locks in memory exclude the orders of this process from each other.
        var (ledger, locks) = job.SharedLocks ? (store.Ledger, store.Locks) : (new UnfencedLedger(store.Ledger), new InMemoryLockProvider());
        return Scope.RunAsync(async scope =>
        {
            var checkout = new SharedCheckout(ledger, CheckoutLocks.Of(scope), Pauses.For(job.ThinkTime));
            Console.WriteLine(WorkerAnswer.Ready);
            // A read of the console can't be cancelled, but waiting for it can: by the failure of an order.
            while (await input.ReadLineAsync().WaitAsync(scope.Token) is { } line)
                scope.Run(token => SettleAsync(WorkerOrder.Parse(line), checkout, token));
            scope.Cancel("Nobody reads the answers any more.");
        }, new ScopeOptions { Name = $"worker {Environment.ProcessId}", LockProvider = locks });
    }

    private static async Task SettleAsync(WorkerOrder order, SharedCheckout checkout, CancellationToken cancellationToken)
    {
        var isDone = true;
        try
        {
            await checkout.SettleAsync(order.Order, cancellationToken);
        }
        catch (StaleWriterException)
        {
            isDone = false;
        }
        Console.WriteLine(new WorkerAnswer(order.Number, isDone));
    }
}
