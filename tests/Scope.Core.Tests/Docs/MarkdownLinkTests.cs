using System.Text.RegularExpressions;
using GoGoScope.Tests.Run;

namespace GoGoScope.Tests.Docs;

/// <summary>Links between the pages lead somewhere.</summary>
[TestFixture]
public sealed partial class MarkdownLinkTests
{
    [TestCaseSource(nameof(Pages))]
    public void Every_relative_link_leads_to_a_file(string page)
    {
        var folder = Path.GetDirectoryName(Repository.PathOf(page))!;
        var broken = Link().Matches(Repository.Read(page))
            .Select(link => link.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && target[0] != '#')
            .Where(target => !Path.Exists(Path.Combine(folder, target.Split('#')[0])));
        Assert.That(broken, Is.Empty);
    }

    private static IEnumerable<string> Pages() => MarkdownFiles.Paths().Select(Repository.Relative);

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();
}
