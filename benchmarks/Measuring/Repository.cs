namespace GoGoScope.Benchmarks.Measuring;

/// <summary>The checkout that the benchmarks were built from.</summary>
internal static class Repository
{
    internal static string ArtifactsPath => Path.Combine(Root, "artifacts", "benchmarks");

    internal static string PerformancePage => Path.Combine(Root, "docs", "performance.md");

    internal static string ImagesPath => Path.Combine(Root, "docs", "images");

    private static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "GoGoScope.sln"))) return folder.FullName;
        throw new MeasuringFailedException($"No GoGoScope.sln above {AppContext.BaseDirectory}: run the benchmarks from the checkout.");
    }
}
