namespace GoGoScope.Quickstart;

/// <summary>What came out of one run.</summary>
internal sealed record RunResult(string Name, Audit Audit, int Deliveries, TimeSpan Elapsed)
{
    /// <summary>How many tokens were fetched for reports, if the workers were in this process and sent some.</summary>
    public long? TokensFetched { get; init; }

    /// <summary>What became of the workers, if they were processes.</summary>
    public WorkerCounts? Processes { get; init; }

    /// <summary>Deliveries worked off in a second, whatever became of them.</summary>
    public double OrdersPerSecond => Deliveries / Math.Max(Elapsed.TotalSeconds, 0.001);
}
