namespace GoGoScope.Quickstart;

/// <summary>What the user asked for, if several processes are to share a store.</summary>
/// <param name="Provider">The store.</param>
/// <param name="Processes">How many workers' processes run at the same time.</param>
/// <param name="KillEvery">How often one of them is killed; null for never.</param>
/// <param name="Duration">How long each of the two runs goes on; null until all orders are settled.</param>
internal sealed record SharedSettings(ProviderUrl Provider, int Processes, TimeSpan? KillEvery, TimeSpan? Duration)
{
    public const int DefaultProcesses = 4;
    public const int MostProcesses = 16;
    public const int LongestSeconds = 86_400;
}
