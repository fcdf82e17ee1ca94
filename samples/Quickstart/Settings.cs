namespace GoGoScope.Quickstart;

/// <summary>What the user asked for.</summary>
internal sealed record Settings(string Input, int Workers, TimeSpan ThinkTime, bool SkipBad)
{
    public const int DefaultWorkers = 8;
    public const int MostWorkers = 1_000;
    public const int DefaultThinkTime = 2;
    public const int LongestThinkTime = 10_000;

    /// <summary>The workers, in words.</summary>
    public string Who =>
        Shared is null ? Shown.Count(Workers, "worker")
        : $"{Shown.Count(Shared.Processes, "process", "processes")} of {Shown.Count(Workers, "worker")}, on {Shared.Provider?.ToString() ?? "files in a temporary directory"}{(Shared.LocksInMemory ? ", with locks in the memory of each process" : "")}";

    /// <summary>How several processes share a store; null for one process, and all in its memory.</summary>
    public SharedSettings? Shared { get; init; }

    /// <summary>The orders that come with the program.</summary>
    public static string ShippedOrders => Path.Combine(AppContext.BaseDirectory, "orders.csv");
}
