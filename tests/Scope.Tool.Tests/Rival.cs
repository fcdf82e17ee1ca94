namespace GoGoScope.Tool.Tests;

/// <summary>Another gogoscope, which waits for the same key: what it runs says as its first word whether anybody else is still there.</summary>
internal static class Rival
{
    internal const string Alone = "alone\n";

    /// <param name="store">The address of the store.</param>
    /// <param name="key">The key.</param>
    /// <param name="others">The processes that must not be there any more.</param>
    internal static ToolProcess Start(string store, string key, IEnumerable<int> others) =>
        ToolProcess.Start("run", "--store", store, "--key", key, "--", "sh", "-c", $"kill -0 {string.Join(" 2>/dev/null || kill -0 ", others)} 2>/dev/null && echo together || echo alone");

    /// <summary>
    /// The same in the store of all tests, once it is in the queue; or has ended, if the lease of whoever had the lock did so on a
    /// machine that stood still.
    /// </summary>
    internal static async Task<ToolProcess> WaitAsync(string key, IEnumerable<int> others)
    {
        var rival = Start(RunSetUp.Store, key, others);
        await UntilSomebodyWaitsAsync(key, orHasEnded: rival);
        return rival;
    }

    internal static async Task UntilSomebodyWaitsAsync(string key, ToolProcess? orHasEnded = null)
    {
        await using var provider = new FileLockProvider(new Uri(RunSetUp.Store).LocalPath);
        await Waiting.Until(async () => orHasEnded?.HasEnded == true || (await provider.InspectAsync(key)).Waiters.Count == 1, "somebody waits");
    }
}
