using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace GoGoScope.Analyzers.Tests;

/// <summary>
/// A user's file, compiled against the real GoGoScope.Core. What a rule has to report in it stands between <c>[|</c> and <c>|]</c>; it must report nothing else.
/// </summary>
internal static class Code
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using GoGoScope;
        global using Lock = GoGoScope.Lock;
        """;

    private static readonly CSharpParseOptions Syntax = new(LanguageVersion.Latest);

    private static readonly ImmutableArray<MetadataReference> Framework =
        [.. Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System*.dll").Append(typeof(object).Assembly.Location).Distinct().Where(IsManaged).Select(path => MetadataReference.CreateFromFile(path))];

    private static readonly ImmutableArray<MetadataReference> References = [.. Framework, MetadataReference.CreateFromFile(typeof(Scope).Assembly.Location)];

    /// <summary>Whoever adds a file to it need not look at the references again.</summary>
    private static readonly CSharpCompilation Program = Compilation(OutputKind.ConsoleApplication);

    private static readonly CSharpCompilation Library = Compilation(OutputKind.DynamicallyLinkedLibrary);

    /// <summary>The statements as those of a method of a class that has all sorts of things to lock.</summary>
    internal static string Method(string statements, string signature = "async Task WorkAsync(CancellationToken token)") => $$"""
        class Given(Scope scope, Lock m, AsyncSemaphore permits, ResourcePool<Stream> pool, LockGuard field)
        {
            {{signature}}
            {
                {{string.Join("\n        ", statements.Split('\n'))}}
            }

            static Task UseAsync(object value, CancellationToken token = default) => Task.CompletedTask;
            static void Throws(Action action) { }
            static Task ThrowsAsync(Func<Task> action) => Task.CompletedTask;
            async Task<LockGuard> TakeAsync() { field = await m.AcquireAsync(); return field; }
        }

        static class Assertions
        {
            internal static Task ShouldThrowAsync(this Func<Task> action) => Task.CompletedTask;
        }
        """;

    internal static async Task ReportsAsync<TAnalyzer>(string marked)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        var (code, expected) = Unmark(marked);
        var found = await FindAsync<TAnalyzer>(code);
        Assert.That(found.Select(report => report.Location.SourceSpan), Is.EqualTo(expected), () => $"{string.Join('\n', found)}\nin:\n{code}");
    }

    /// <summary>That the first report is fixed so, the fixed file compiles, and nothing is reported in it, unless it is marked.</summary>
    internal static async Task FixesAsync<TAnalyzer, TFix>(string before, string after)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TFix : CodeFixProvider, new()
    {
        var (code, _) = Unmark(before);
        var fixes = await FixesOfAsync<TAnalyzer, TFix>(code);
        Assert.That(fixes, Has.Count.EqualTo(1), "fixes offered");
        Assert.That(await ApplyAsync(fixes[0]), Is.EqualTo(Unmark(after).Code));
        await ReportsAsync<TAnalyzer>(after);
    }

    internal static async Task OffersNoFixAsync<TAnalyzer, TFix>(string marked)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TFix : CodeFixProvider, new()
    {
        await ReportsAsync<TAnalyzer>(marked);
        Assert.That(await FixesOfAsync<TAnalyzer, TFix>(Unmark(marked).Code), Is.Empty);
    }

    /// <summary>That all that is reported is fixed so at once, the fixed file compiles, and nothing is reported in it, unless it is marked.</summary>
    internal static async Task FixesAllAsync<TAnalyzer, TFix>(string before, string after)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TFix : CodeFixProvider, new()
    {
        var found = await FindAsync<TAnalyzer>(before);
        var document = DocumentOf(before);
        var fix = new TFix();
        var id = fix.FixableDiagnosticIds.Single();
        var all = new FixAllContext(document, fix, FixAllScope.Document, id, [id], new Found(found), CancellationToken.None);
        var action = await fix.GetFixAllProvider()!.GetFixAsync(all);
        Assert.That(await ApplyAsync((document, action!)), Is.EqualTo(Unmark(after).Code));
        await ReportsAsync<TAnalyzer>(after);
    }

    /// <summary>What <paramref name="analyzer"/> says of a file that need not compile.</summary>
    internal static async Task<ImmutableArray<Diagnostic>> FindInUnfinishedAsync(DiagnosticAnalyzer analyzer, string code) =>
        await FindAsync(analyzer, Library.AddSyntaxTrees(Parse(code)));

    /// <summary>What <paramref name="analyzer"/> says of a program that doesn't reference GoGoScope.</summary>
    internal static async Task<ImmutableArray<Diagnostic>> FindWithoutUsAsync(DiagnosticAnalyzer analyzer, string code) =>
        await CSharpCompilation.Create("Stranger", [Parse(code)], Framework).WithAnalyzers([analyzer]).GetAnalyzerDiagnosticsAsync();

    private static async Task<ImmutableArray<Diagnostic>> FindAsync<TAnalyzer>(string code)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        var tree = Parse(code);
        var compilation = (tree.GetRoot().ChildNodes().Any(member => member.IsKind(SyntaxKind.GlobalStatement)) ? Program : Library).AddSyntaxTrees(tree);
        Assert.That(compilation.GetDiagnostics().Where(found => found.Severity == DiagnosticSeverity.Error), Is.Empty, code);
        return await FindAsync(new TAnalyzer(), compilation);
    }

    private static async Task<ImmutableArray<Diagnostic>> FindAsync(DiagnosticAnalyzer analyzer, CSharpCompilation compilation)
    {
        var failures = new List<Exception>();
        var options = new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), (error, _, _) => failures.Add(error), concurrentAnalysis: false, logAnalyzerExecutionTime: false);
        var found = await compilation.WithAnalyzers([analyzer], options).GetAnalyzerDiagnosticsAsync();
        Assert.That(failures, Is.Empty);
        return [.. found.OrderBy(report => report.Location.SourceSpan.Start)];
    }

    private static async Task<List<(Document Document, CodeAction Action)>> FixesOfAsync<TAnalyzer, TFix>(string code)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TFix : CodeFixProvider, new()
    {
        var found = await FindAsync<TAnalyzer>(code);
        Assert.That(new TFix().FixableDiagnosticIds, Does.Contain(found[0].Id));

        var document = DocumentOf(code);
        var fixes = new List<(Document, CodeAction)>();
        await new TFix().RegisterCodeFixesAsync(new CodeFixContext(document, found[0], (action, _) => fixes.Add((document, action)), CancellationToken.None));
        return fixes;
    }

    private static Document DocumentOf(string code)
    {
        var workspace = new AdhocWorkspace();
        var project = workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "Code", "Code", LanguageNames.CSharp,
            compilationOptions: Program.Options, parseOptions: Syntax, metadataReferences: References));
        return project.AddDocument("usings.cs", Usings).Project.AddDocument("code.cs", code);
    }

    private static async Task<string> ApplyAsync((Document Document, CodeAction Action) fix)
    {
        var operations = await fix.Action.GetOperationsAsync(CancellationToken.None);
        var changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetDocument(fix.Document.Id)!;
        return (await changed.GetTextAsync()).ToString().ReplaceLineEndings("\n");
    }

    private static (string Code, List<TextSpan> Marked) Unmark(string code)
    {
        var marked = new List<TextSpan>();
        for (var at = code.IndexOf("[|", StringComparison.Ordinal); at >= 0; at = code.IndexOf("[|", StringComparison.Ordinal))
        {
            var end = code.IndexOf("|]", at, StringComparison.Ordinal) - "[|".Length;
            code = code.Remove(at, "[|".Length).Remove(end, "|]".Length);
            marked.Add(TextSpan.FromBounds(at, end));
        }
        return (code, marked);
    }

    private static CSharpCompilation Compilation(OutputKind kind) =>
        CSharpCompilation.Create("Code", [Parse(Usings)], References, new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable));

    private static SyntaxTree Parse(string code) => CSharpSyntaxTree.ParseText(code, Syntax);

    private static bool IsManaged(string path) => !Path.GetFileName(path).Contains(".Native", StringComparison.Ordinal);

    /// <summary>What was found in the one file that all of them are to be fixed in.</summary>
    private sealed class Found(ImmutableArray<Diagnostic> reports) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(reports);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);

        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(reports);
    }
}
