using GoGoScope.Benchmarks.Measuring;

namespace GoGoScope.Benchmarks.Table;

/// <summary>A part of the page that keeps a table, between two marks; everything around them is written by hand.</summary>
internal sealed record PerformancePage(string Begin, string End)
{
    internal static PerformancePage InMemory { get; } = new("<!-- measured: written by the benchmarks with --write -->", "<!-- end of measured -->");

    internal static PerformancePage Stores { get; } = new("<!-- measured stores: written by the benchmarks with --stores --write -->", "<!-- end of measured stores -->");

    internal void Write(string measured)
    {
        var path = Repository.PerformancePage;
        File.WriteAllText(path, Replace(File.ReadAllText(path), measured));
    }

    internal string Replace(string page, string measured)
    {
        var (begin, end) = Find(page);
        return $"{page[..begin]}\n{measured}{page[end..]}";
    }

    /// <summary>What stands between the marks.</summary>
    internal string Measured(string page)
    {
        var (begin, end) = Find(page);
        return page[begin..end];
    }

    private (int Begin, int End) Find(string page)
    {
        var begin = page.IndexOf(Begin, StringComparison.Ordinal);
        var end = page.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin) throw new MeasuringFailedException($"The page has not the two marks, \"{Begin}\" and \"{End}\".");
        return (begin + Begin.Length, end);
    }
}
