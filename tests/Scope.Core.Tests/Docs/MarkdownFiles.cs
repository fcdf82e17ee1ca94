using GoGoScope.Tests.Run;

namespace GoGoScope.Tests.Docs;

/// <summary>What users and contributors read.</summary>
internal static class MarkdownFiles
{
    internal static IEnumerable<string> Paths() =>
        Directory.EnumerateFiles(Repository.Root, "*.md").Order(StringComparer.Ordinal)
            .Concat(Repository.Files("*.md", "docs", "samples", "benchmarks", "src", "tests"));

    internal static IEnumerable<MarkdownFence> Fences() =>
        Paths().SelectMany(path => MarkdownFence.Read(Repository.Relative(path), File.ReadAllText(path)));
}
