using GoGoScope.Tests.Run;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GoGoScope.Tests.Conventions;

/// <summary>What holds for the text of the sources.</summary>
[TestFixture]
public sealed class SourceTests
{
    private const int LongestFile = 300;

    /// <summary>One such namespace anywhere in a compilation makes the simple name <c>Scope</c> a namespace there (CS0234).</summary>
    [Test]
    public void No_namespace_is_or_begins_with_Scope()
    {
        var namespaces =
            from file in Repository.Files("*.cs", "src", "tests", "samples", "benchmarks", "eng")
            from declared in Parse(file).DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
            where declared.Name.ToString().Split('.')[0] == nameof(Scope)
            select Place(declared);
        Assert.That(namespaces, Is.Empty);
    }

    [Test]
    public void No_project_is_named_or_rooted_in_a_namespace_that_begins_with_Scope()
    {
        var projects = Repository.Files("*.csproj", "src", "tests", "samples", "benchmarks", "eng").Select(path => new Project(path)).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(projects.Where(project => project["RootNamespace"] is { } root && root.Split('.')[0] == nameof(Scope)), Is.Empty, "RootNamespace");
            Assert.That(projects.Where(project => (project["AssemblyName"] ?? project.Name).Split('.')[0] == nameof(Scope)), Is.Empty, "AssemblyName");
        });
    }

    [Test]
    public void Files_can_be_read_without_getting_lost() =>
        Assert.That(
            Repository.Files("*.cs", "src").Where(file => File.ReadLines(file).Count() > LongestFile).Select(Repository.Relative),
            Is.Empty, $"More than {LongestFile} lines: which second subject is in there?");

    [Test]
    public void Every_await_leaves_the_callers_context()
    {
        var awaits =
            from file in Repository.Files("*.cs", "src")
            from awaited in Parse(file).DescendantNodes().Select(Awaited)
            where awaited is not null && !IsConfigured(awaited)
            select $"{Place(awaited)}: {awaited}";
        Assert.That(awaits, Is.Empty);
    }

    [Test]
    public void Nothing_switches_the_rule_for_docs_off()
    {
        var suppressions =
            from file in Repository.Files("*.cs", "src").Concat(Repository.Files("*.csproj", "src"))
            where File.ReadAllText(file).Contains("CS1591", StringComparison.Ordinal)
            select Repository.Relative(file);
        Assert.That(suppressions, Is.Empty);
    }

    /// <summary>The expression that <paramref name="node"/> awaits: by "await", "await using" or "await foreach".</summary>
    private static ExpressionSyntax? Awaited(SyntaxNode node) => node switch
    {
        AwaitExpressionSyntax plain => plain.Expression,
        LocalDeclarationStatementSyntax { AwaitKeyword.RawKind: not 0 } declaration => declaration.Declaration.Variables[0].Initializer!.Value,
        UsingStatementSyntax { AwaitKeyword.RawKind: not 0 } block => block.Expression ?? block.Declaration!.Variables[0].Initializer!.Value,
        CommonForEachStatementSyntax { AwaitKeyword.RawKind: not 0 } loop => loop.Expression,
        _ => null,
    };

    private static bool IsConfigured(ExpressionSyntax awaited) =>
        awaited is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax call } invocation
        && call.Name.Identifier.Text == nameof(Task.ConfigureAwait)
        && !invocation.ArgumentList.ToString().Contains("true", StringComparison.Ordinal)
        && !invocation.ArgumentList.ToString().Contains(nameof(ConfigureAwaitOptions.ContinueOnCapturedContext), StringComparison.Ordinal);

    private static SyntaxNode Parse(string file) => CSharpSyntaxTree.ParseText(File.ReadAllText(file), path: file).GetRoot();

    private static string Place(SyntaxNode node) =>
        $"{Repository.Relative(node.SyntaxTree.FilePath)}({node.GetLocation().GetLineSpan().StartLinePosition.Line + 1})";
}
