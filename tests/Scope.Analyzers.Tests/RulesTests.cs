using System.Reflection;
using GoGoScope.Tests.Run;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace GoGoScope.Analyzers.Tests;

/// <summary>What holds for every rule.</summary>
[TestFixture]
public sealed class RulesTests
{
    private static readonly List<DiagnosticAnalyzer> Analyzers = Made<DiagnosticAnalyzer>(typeof(GuardNotDisposedAnalyzer).Assembly);

    private static readonly List<DiagnosticDescriptor> Rules = [.. Analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics).OrderBy(rule => rule.Id, StringComparer.Ordinal)];

    [Test]
    public void Each_has_a_number_of_its_own() => Assert.That(Rules.Select(rule => rule.Id), Is.EqualTo(Enumerable.Range(1, 6).Select(number => $"GGS{number:D4}")));

    [Test]
    public void Each_has_a_section_in_the_docs() =>
        Assert.That(Lines("docs/analyzers.md", "## GGS"), Is.EqualTo(Rules.Select(rule => $"## {rule.Id}: {rule.Title}")));

    [Test]
    public void Each_is_in_the_list_of_releases() =>
        Assert.That(
            Lines("src/Scope.Analyzers/AnalyzerReleases.Shipped.md", "GGS").Concat(Lines("src/Scope.Analyzers/AnalyzerReleases.Unshipped.md", "GGS")),
            Is.EquivalentTo(Rules.Select(rule => $"{rule.Id} | {rule.Category} | {rule.DefaultSeverity} | {rule.Title}")));

    [Test]
    public void Each_has_a_fix() =>
        Assert.That(
            Made<CodeFixProvider>(typeof(DisposeGuardCodeFix).Assembly).SelectMany(fix => fix.FixableDiagnosticIds), Is.EquivalentTo(Rules.Select(rule => rule.Id)));

    [Test]
    public async Task None_says_anything_of_a_program_without_GoGoScope()
    {
        const string OthersLock = "class Lock { } class Program { static void Main() { lock (new Lock()) { } } }";
        foreach (var analyzer in Analyzers) Assert.That(await Code.FindWithoutUsAsync(analyzer, OthersLock), Is.Empty);
    }

    /// <summary>Editors run them while one types.</summary>
    [Test]
    public async Task None_fails_on_code_that_is_not_finished()
    {
        var code = Code.Method("ValueTask<LockGuard> waiting = waiting;\nawait waiting;");
        foreach (var analyzer in Analyzers) Assert.That(await Code.FindInUnfinishedAsync(analyzer, code), Is.Empty);
    }

    private static IEnumerable<string> Lines(string path, string beginning) =>
        Repository.Read(path).ReplaceLineEndings("\n").Split('\n').Where(line => line.StartsWith(beginning, StringComparison.Ordinal));

    private static List<T> Made<T>(Assembly assembly) =>
        [.. assembly.GetExportedTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(T))).Select(type => (T)Activator.CreateInstance(type)!)];
}
