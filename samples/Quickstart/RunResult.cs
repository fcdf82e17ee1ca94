namespace GoGoScope.Quickstart;

/// <summary>What came out of one run.</summary>
internal sealed record RunResult(string Name, Audit Audit, int Deliveries, long TokensFetched, TimeSpan Elapsed)
{
    /// <summary>Deliveries worked off in a second, whatever became of them.</summary>
    public double OrdersPerSecond => Deliveries / Math.Max(Elapsed.TotalSeconds, 0.001);
}
