using GoGoScope.Benchmarks.Measuring;

namespace GoGoScope.Benchmarks.Table;

/// <summary>The page that keeps the table, between two marks; everything around them is written by hand.</summary>
internal static class PerformancePage
{
    internal const string Begin = "<!-- measured: written by the benchmarks with --write -->";
    internal const string End = "<!-- end of measured -->";

    internal static void Write(string measured)
    {
        var path = Repository.PerformancePage;
        File.WriteAllText(path, Replace(File.ReadAllText(path), measured));
    }

    internal static string Replace(string page, string measured)
    {
        var begin = page.IndexOf(Begin, StringComparison.Ordinal);
        var end = page.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin) throw new MeasuringFailedException($"The page has not the two marks, \"{Begin}\" and \"{End}\".");
        return $"{page[..(begin + Begin.Length)]}\n{measured}{page[end..]}";
    }
}
