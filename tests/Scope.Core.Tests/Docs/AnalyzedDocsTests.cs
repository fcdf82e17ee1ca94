using System.Collections.Immutable;
using GoGoScope.Analyzers;
using GoGoScope.Tests.Run;
using Microsoft.CodeAnalysis.Diagnostics;

namespace GoGoScope.Tests.Docs;

/// <summary>What our analyzers say of the snippets: docs/analyzers.md shows what they report, and no other page does.</summary>
[TestFixture]
public sealed class AnalyzedDocsTests
{
    private const string Page = "docs/analyzers.md";

    private static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers =
    [
        .. typeof(GoGoScopeAnalyzer).Assembly.GetExportedTypes()
            .Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(DiagnosticAnalyzer))).Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    [Test]
    public async Task Each_rule_is_shown_by_the_first_snippet_of_its_section_alone()
    {
        var sections = Repository.Read(Page).ReplaceLineEndings("\n").Split("\n## ").Skip(1);
        foreach (var section in sections)
        {
            var snippets = MarkdownFence.Read(Page, section).Where(fence => fence.Language == "csharp").ToList();
            Assert.That(await ReportsAsync(snippets[0]), Is.Not.Empty.And.All.StartsWith(section[..7]), section);
            foreach (var snippet in snippets.Skip(1)) Assert.That(await ReportsAsync(snippet), Is.Empty, snippet.Text);
        }
    }

    [Test]
    public async Task No_other_page_shows_what_they_report()
    {
        var reports = new List<string>();
        foreach (var fence in MarkdownFiles.Fences().Where(fence => fence.Language == "csharp" && fence.File != Page && !fence.Instructions.StartsWith("fails:", StringComparison.Ordinal)))
            reports.AddRange(await ReportsAsync(fence));
        Assert.That(reports, Is.Empty);
    }

    private static async Task<IEnumerable<string>> ReportsAsync(MarkdownFence fence) =>
        (await new CSharpFence(fence).Parse().WithAnalyzers(Analyzers).GetAnalyzerDiagnosticsAsync())
            .Select(report => $"{report.Id} {report.Location.GetMappedLineSpan()}: {report.GetMessage(null)}");
}
