using System.Text.Json;

namespace GoGoScope.Quickstart;

/// <summary>
/// What a worker's process is told when it starts: the first line of its input, because command lines, where passwords could
/// stand in it, can be seen by others.
/// </summary>
/// <param name="Provider">The store.</param>
/// <param name="Run">The run's name in the store.</param>
/// <param name="Processes">How many workers' processes there are.</param>
/// <param name="SharedLocks">Whether it uses the store's locks, or locks in its own memory.</param>
/// <param name="ThinkTime">What each checkout waits for its payment.</param>
internal sealed record WorkerJob(Uri Provider, string Run, int Processes, bool SharedLocks, TimeSpan ThinkTime)
{
    public static WorkerJob Parse(string line) => JsonSerializer.Deserialize<WorkerJob>(line)!;

    public override string ToString() => JsonSerializer.Serialize(this);
}

/// <summary>Every further line of its input: an order to settle.</summary>
/// <param name="Number">Which one, in the answer.</param>
/// <param name="Order">The order.</param>
internal sealed record WorkerOrder(long Number, Order Order)
{
    public static WorkerOrder Parse(string line) => JsonSerializer.Deserialize<WorkerOrder>(line)!;

    public override string ToString() => JsonSerializer.Serialize(this);
}

/// <summary>A line of its output: what became of an order.</summary>
/// <param name="Number">Which one.</param>
/// <param name="IsDone">False if the ledger has refused it, because the worker had lost a lock: it is to be delivered again.</param>
internal sealed record WorkerAnswer(long Number, bool IsDone)
{
    /// <summary>The line before all others: the worker is there.</summary>
    public const string Ready = "ready";

    public static WorkerAnswer Parse(string line) => JsonSerializer.Deserialize<WorkerAnswer>(line)!;

    public override string ToString() => JsonSerializer.Serialize(this);
}
