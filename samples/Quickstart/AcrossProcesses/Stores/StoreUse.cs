namespace GoGoScope.Quickstart;

/// <summary>What a store is used for, and with how much patience.</summary>
/// <param name="Run">The run's name.</param>
/// <param name="Processes">How many processes do the same.</param>
internal sealed record StoreUse(string Run, int Processes)
{
    /// <summary>
    /// How long connecting may take. Long by default: by then the store has been there, and a machine that is busy with all
    /// these processes is no reason to give up.
    /// </summary>
    public TimeSpan LongestConnect { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long others wait for the locks of a worker that was killed, and for how long it is still taken to wait for some
    /// itself. A process that lives, but stands still for longer, loses its locks, and its writes are refused.
    /// </summary>
    public LeaseOptions Leases { get; init; } = new()
    {
        DefaultTimeToLive = TimeSpan.FromSeconds(1),
        Liveness = TimeSpan.FromSeconds(1),
        // As for connecting.
        StoreTimeout = TimeSpan.FromSeconds(30),
    };
}
