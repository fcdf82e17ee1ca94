using System.Text.RegularExpressions;
using GoGoScope.Tests.Run;

namespace GoGoScope.Tests.Docs;

/// <summary>The figures of the README are those that the benchmarks have written into their page.</summary>
public sealed partial class ReadmeFiguresTests
{
    [TestCase("acquire and release, nobody else there", "exclusive")]
    [TestCase("wait in strict order, 16 tasks", "16 tasks")]
    [TestCase("the same with a token for each wait", "16 tasks, a token each")]
    [TestCase("1,000,000 acquisitions over 200,000 keys, against a dictionary of semaphores", "cold: 1,000,000 acquisitions over 200,000 random keys")]
    [TestCase("kept after that", "kept after 200,000 keys")]
    [TestCase("1,024 keys used again and again, against the same dictionary", "warm: 1,024 keys, locks kept from `scope.CreateLock(key)`")]
    public void A_row_has_the_figures_of_the_page(string row, string ofPage) =>
        Assert.That(Figures("README.md", row), Is.EqualTo(Figures("docs/performance.md", ofPage)));

    /// <summary>The baseline's and ours, without the ratio, of the first such row.</summary>
    private static string[] Figures(string file, string row)
    {
        var line = Repository.Read(file).Split('\n').First(line => line.StartsWith($"| {row} |", StringComparison.Ordinal));
        return [.. line.Split('|')[2..4].Select(cell => Ratio().Replace(cell, "").Trim())];
    }

    [GeneratedRegex(@" \([0-9.]+\)")]
    private static partial Regex Ratio();
}
