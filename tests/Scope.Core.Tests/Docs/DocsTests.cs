using GoGoScope.Testing;
using GoGoScope.Tests.Run;

namespace GoGoScope.Tests.Docs;

/// <summary>Every C# snippet of README.md and docs/ does what it promises; see CONTRIBUTING.md for how one says so.</summary>
[TestFixture]
public sealed class DocsTests
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(30);

    [TestCaseSource(nameof(Snippets))]
    public async Task A_snippet_keeps_its_promise(object of)
    {
        var snippet = (CSharpFence)of;
        Assert.That(snippet.IsUnderstood, $"\"{snippet.Fence.Instructions}\" is not one of: nothing, no-run, redis, postgres, mysql, mongo, fails: CSxxxx, file: tests/….");

        if (snippet.File is { } file)
        {
            Assert.That(file, Does.StartWith("tests/"), "only what is tested is known to work");
            Assert.That(snippet.Fence.Text, Is.EqualTo(Repository.Read(file).ReplaceLineEndings("\n").TrimEnd('\n')), $"{file} has changed: copy it into the page.");
            return;
        }

#if WITHOUT_MYSQLCONNECTOR
        if (snippet.Fence.Text.Contains("using MySqlConnector;", StringComparison.Ordinal)) Assert.Ignore("It is for MySqlConnector, which the package source lacks.");
#endif
        if (snippet.WhyNot is { } reason) Assert.Ignore(reason);
        var compiled = snippet.Compile();
        if (snippet.FailsWith is { } error)
        {
            Assert.That(compiled.Errors, Is.EqualTo([error]), compiled.ToString());
            return;
        }
        Assert.That(compiled.Image, Is.Not.Null, compiled.ToString());
        // It compiles; without a server the test is skipped here.
        if (snippet.Server is { } server) compiled = snippet.Compile(await server.ConnectionAsync());
        if (!snippet.Runs) return;
        var printed = await Task.Run(compiled.RunAsync).WaitAsync(LongestRun);
        if (PromisedOutput.FirstMissing(PromisedOutput.Of(snippet.Fence.Text), printed) is { } missing)
            Assert.Fail($"It says that it prints \"{missing}\", but it has printed:\n{string.Join('\n', printed)}");
    }

    [Test]
    public void No_snippet_hides_behind_another_name_of_the_language() =>
        Assert.That(MarkdownFiles.Fences().Select(fence => fence.Language), Has.None.AnyOf("cs", "c#", "C#", "CSharp", "shell", "console"));

    /// <summary>CONTRIBUTING.md names them.</summary>
    [Test]
    public void Few_snippets_are_compiled_only()
    {
        var compiled = MarkdownFiles.Fences().Where(fence => fence is { Language: "csharp", Instructions: "no-run" }).CountBy(fence => fence.File);
        Assert.That(compiled.Select(page => (page.Key, page.Value)), Is.EquivalentTo([("docs/analyzers.md", 7), ("docs/hosting.md", 1), ("tests/Scope.Testing/README.md", 1)]));
    }

    private static IEnumerable<TestCaseData> Snippets() =>
        from fence in MarkdownFiles.Fences()
        where fence.Language == "csharp"
        select new TestCaseData(new CSharpFence(fence)).SetName($"{fence.File} line {fence.Line}");
}
