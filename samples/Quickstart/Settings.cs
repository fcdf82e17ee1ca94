namespace GoGoScope.Quickstart;

/// <summary>What the user asked for.</summary>
internal sealed record Settings(string Input, int Workers, TimeSpan ThinkTime, bool SkipBad)
{
    public const int DefaultWorkers = 8;
    public const int MostWorkers = 1_000;
    public const int DefaultThinkTime = 2;
    public const int LongestThinkTime = 10_000;

    /// <summary>The orders that come with the program.</summary>
    public static string ShippedOrders => Path.Combine(AppContext.BaseDirectory, "orders.csv");
}
