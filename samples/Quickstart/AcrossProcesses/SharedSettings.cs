namespace GoGoScope.Quickstart;

/// <summary>What the user asked for, if several processes are to share a store.</summary>
/// <param name="Provider">The store; null for files in a temporary directory.</param>
/// <param name="Processes">How many workers' processes run at the same time.</param>
/// <param name="KillEvery">How often one of them is killed; null for never.</param>
/// <param name="Duration">How long each of the two runs goes on; null until all orders are settled.</param>
internal sealed record SharedSettings(StoreAddress? Provider, int Processes, TimeSpan? KillEvery, TimeSpan? Duration)
{
    /// <summary>Whether the run with locks has them in the memory of each process, to show what that is worth.</summary>
    public bool LocksInMemory { get; init; }

    public const int DefaultProcesses = 4;
    public const int MostProcesses = 16;
    public const int LongestSeconds = 86_400;
}
