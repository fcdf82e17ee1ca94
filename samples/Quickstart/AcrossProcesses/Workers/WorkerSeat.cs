namespace GoGoScope.Quickstart;

/// <summary>One of the places for a worker's process: when the process there is killed, another one takes its place.</summary>
/// <param name="job">What the workers are told.</param>
/// <param name="deliveries">Where their orders come from.</param>
/// <param name="ordersAtOnce">How many a worker settles at the same time.</param>
internal sealed class WorkerSeat(WorkerJob job, DeliveryQueue deliveries, int ordersAtOnce)
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile WorkerProcess? _worker;
    private long _refused;

    /// <summary>Completes when the first worker can take orders.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Orders that the ledger has refused, because their worker had lost a lock and did not know.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Kills the worker. False if there is none at the moment.</summary>
    public bool Kill() => _worker?.Kill() == true;

    /// <summary>Keeps a worker at work until it is cancelled.</summary>
    /// <exception cref="BadInputException">A worker has given up.</exception>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var worker = WorkerProcess.Start(job);
            _worker = worker;
            await worker.Ready.WaitAsync(cancellationToken);
            _ready.TrySetResult();
            await Scope.RunAsync(async scope =>
            {
                for (var i = 0; i < ordersAtOnce; i++) scope.Run(token => DeliverAsync(worker, token));
                await worker.KilledAsync(scope.Token);
                scope.Cancel("The worker was killed.");
            }, cancellationToken: cancellationToken);
        }
    }

    private async Task DeliverAsync(WorkerProcess worker, CancellationToken cancellationToken)
    {
        while (true)
        {
            var order = await deliveries.TakeAsync(cancellationToken);
            var isDone = false;
            try
            {
                isDone = await worker.SettleAsync(order, cancellationToken);
                if (!isDone) Interlocked.Increment(ref _refused);
            }
            finally
            {
                // Nobody knows how far a worker came that has not answered. Somebody else finds out, by the webhook's mark.
                if (isDone) deliveries.Done(order);
                else deliveries.Return(order);
            }
        }
    }
}
