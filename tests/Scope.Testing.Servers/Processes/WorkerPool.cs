namespace GoGoScope.Testing;

/// <summary>Workers that have done their part in one test and serve the next: starting one takes longer than most tests.</summary>
public static class WorkerPool
{
    private static readonly System.Threading.Lock Gate = new();
    private static readonly List<WorkerProcess> Idle = [];

    /// <summary>One with these settings.</summary>
    public static Task<WorkerProcess> RentAsync(WorkerSettings settings)
    {
        lock (Gate)
        {
            if (Idle.Find(worker => worker.Settings == settings) is { } idle)
            {
                Idle.Remove(idle);
                return Task.FromResult(idle);
            }
        }
        return WorkerProcess.StartAsync(settings);
    }

    /// <summary>Takes it back if it still lives, and if the test has passed: nobody knows what it does after a failure.</summary>
    public static async Task ReturnAsync(WorkerProcess worker, bool isAsNew)
    {
        ArgumentNullException.ThrowIfNull(worker);
        if (!isAsNew || !worker.IsAlive)
        {
            await worker.DisposeAsync();
            return;
        }
        await worker.ForgetAsync().Soon();
        lock (Gate) Idle.Add(worker);
    }

    /// <summary>Ends all. For the end of a run; without it, they end with the process that runs the tests.</summary>
    public static async Task EndAsync()
    {
        List<WorkerProcess> all;
        lock (Gate)
        {
            all = [.. Idle];
            Idle.Clear();
        }
        foreach (var worker in all) await worker.DisposeAsync();
    }
}
