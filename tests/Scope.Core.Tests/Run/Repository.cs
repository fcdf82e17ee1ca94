namespace GoGoScope.Tests.Run;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = ["artifacts", "bin", "obj", "TestResults", "BenchmarkDotNet.Artifacts", ".git", ".vs", ".idea"];

    internal static string Root { get; } = FindRoot();

    internal static string PathOf(string relative) => Path.Combine(Root, relative);

    internal static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    internal static string Read(string relative) => File.ReadAllText(PathOf(relative));

    /// <summary>All files of a pattern under one of <paramref name="folders"/>, less what builds leave there.</summary>
    internal static IEnumerable<string> Files(string pattern, params string[] folders) =>
        from folder in folders.Select(PathOf).Where(Directory.Exists)
        from file in Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        where !Relative(file).Split('/').Any(NotOurs.Contains)
        select file;

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "GoGoScope.sln"))) return folder.FullName;
        throw new InvalidOperationException($"No GoGoScope.sln above {AppContext.BaseDirectory}: the tests look at the sources they were built from.");
    }
}
