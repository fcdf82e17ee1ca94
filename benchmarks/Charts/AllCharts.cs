using GoGoScope.Benchmarks.Measuring;
using GoGoScope.Benchmarks.Table;

namespace GoGoScope.Benchmarks.Charts;

/// <summary>The pictures of docs/performance.md: a few rows each of what is written there, the bad ones among them.</summary>
internal static class AllCharts
{
    private const string FreeStoreLock = "a free lock: acquire + release";
    private const string ByDistributedLock = "… by DistributedLock";

    /// <summary>Draws those of the page as it is now into docs/images.</summary>
    internal static void Draw()
    {
        Directory.CreateDirectory(Repository.ImagesPath);
        foreach (var (file, svg) in Of(File.ReadAllText(Repository.PerformancePage))) File.WriteAllText(Path.Combine(Repository.ImagesPath, file), svg);
    }

    /// <summary>The text of each, by the name of its file.</summary>
    internal static IReadOnlyDictionary<string, string> Of(string page) => new Dictionary<string, string>
    {
        ["in-memory.svg"] = InMemory(new WrittenTable(PerformancePage.InMemory.Measured(page))).Draw(),
        ["stores.svg"] = Stores(new WrittenTable(PerformancePage.Stores.Measured(page))).Draw(),
    };

    private static BarChart InMemory(WrittenTable table) => new(
        "In memory: time, as a multiple of what one would write by hand",
        "Shorter is better; the dashed line is the framework's own means. Thin lines: all rounds.",
        [
            Bar.Of("a free lock", table.Row("A free lock", "exclusive")),
            Bar.Of("… with timeout and token", table.Row("A free lock", "exclusive, timeout and token")),
            Bar.Of("16 tasks on a lock, in order", table.Row("A hot lock", "16 tasks")),
            Bar.Of("… with a token each", table.Row("A hot lock", "16 tasks, a token each")),
            Bar.Of("200,000 keys, mostly cold", table.Row("Keys", "cold")),
            Bar.Of("1,024 keys, all warm", table.Row("Keys", "warm: 1,024 keys, `scope.AcquireLockAsync(key)`")),
            Bar.Of("64 tasks, 95 % of them readers", table.Row("95 % readers", "64 tasks")),
            Bar.Of("a child task", table.Row("Scopes", "a child, 100 a scope")),
        ]);

    private static BarChart Stores(WrittenTable table) => new(
        "A free lock in a store: time, as a multiple of that of bare commands",
        "Shorter is better; dashed: two writes through the same driver (not to disk: an advisory lock). Thin lines: all rounds.",
        [
            Bar.Of("Redis", table.Row("Redis", FreeStoreLock)),
            .. Peer("Redis, DistributedLock", table.Find("Redis", ByDistributedLock)),
            Bar.Of("PostgreSQL", table.Row("PostgreSQL", FreeStoreLock)),
            .. Peer("PostgreSQL, DistributedLock", table.Find("PostgreSQL", ByDistributedLock)),
            Bar.Of("PostgreSQL, not to disk", table.Row("PostgreSQL", "a free lock, with `PostgresDurability.Fast`")),
            Bar.Of("MariaDB", table.Row("MariaDB", FreeStoreLock)),
        ]);

    // The benchmarks may have been built without it.
    private static IEnumerable<Bar> Peer(string label, WrittenRow? row) => row is null ? [] : [Bar.Of(label, row, isPeer: true)];
}
