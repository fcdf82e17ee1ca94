using GoGoScope.Testing;
using GoGoScope.Tests.Compilation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GoGoScope.Tests.Docs;

/// <summary>What a <c>csharp</c> fence promises: by default that it compiles and runs.</summary>
internal sealed record CSharpFence(MarkdownFence Fence)
{
    private const string FailsPrefix = "fails:";
    private const string FilePrefix = "file:";

    /// <summary><c>```csharp no-run</c>: it compiles.</summary>
    internal bool Runs => Fence.Instructions.Length == 0 || Server is not null;

    /// <summary><c>```csharp redis</c>: it runs on a server, whose connection string it has in <c>connectionString</c>.</summary>
    internal TestServer? Server => Fence.Instructions switch
    {
        "redis" => TestServer.Redis,
        "postgres" => TestServer.Postgres,
        "mysql" => TestServer.MariaDb,
        "mongo" => TestServer.Mongo,
        _ => null,
    };

    /// <summary>Why it can't even be compiled here; null if it can.</summary>
    internal string? WhyNot => Server == TestServer.Mongo && !Snippet.HasMongo ? "it was built without MongoDB's driver" : null;

    /// <summary><c>```csharp fails: CS0104</c>: it must not compile, for just this reason.</summary>
    internal string? FailsWith =>
        Fence.Instructions.StartsWith(FailsPrefix, StringComparison.Ordinal) ? Fence.Instructions[FailsPrefix.Length..].Trim() : null;

    /// <summary><c>```csharp file: tests/…/X.cs</c>: it is that file, which is compiled and tested where it stands.</summary>
    internal string? File =>
        Fence.Instructions.StartsWith(FilePrefix, StringComparison.Ordinal) ? Fence.Instructions[FilePrefix.Length..].Trim() : null;

    internal bool IsUnderstood => Fence.Instructions is "" or "no-run" || Server is not null || FailsWith is { Length: > 0 } || File is { Length: > 0 };

    internal CompiledSnippet Compile(string? connectionString = null) => Snippet.Compile(Program(connectionString));

    /// <summary>The same, not compiled yet.</summary>
    internal CSharpCompilation Parse() => Snippet.Parse(Program(connectionString: null));

    /// <summary>
    /// The snippet as a program. Readers meet types before the statements that use them; a program has its usings
    /// first and its types last.
    /// </summary>
    private string Program(string? connectionString)
    {
        var connection = Server is null ? "" : $"var connectionString = {SymbolDisplay.FormatLiteral(connectionString ?? "", quote: true)};\n";
        // Each by itself: a using that follows a statement is an error, and is lost.
        string[] sources = [connection, Fence.Given, $"#line {Fence.Line} \"{Fence.File}\"\n{Fence.Text}\n"];
        var roots = sources.Select(source => CSharpSyntaxTree.ParseText(source).GetCompilationUnitRoot()).ToList();
        var statements = roots.SelectMany(root => root.Members.OfType<GlobalStatementSyntax>()).ToList();
        var types = roots.SelectMany(root => root.Members).Except(statements);
        return string.Concat(
        [
            .. roots.SelectMany(root => root.Usings).Select(Placed),
            // A program needs a statement, and this one lets every snippet await.
            "\nawait Task.CompletedTask;\n",
            .. statements.Select(Placed),
            .. types.Select(Placed),
        ]);
    }

    /// <summary>The node's text, with the place that errors in it are reported at.</summary>
    private static string Placed(SyntaxNode node)
    {
        var place = node.GetLocation().GetMappedLineSpan();
        var line = place.HasMappedPath ? $"#line {place.StartLinePosition.Line + 1} \"{place.Path}\"" : "#line default";
        return $"\n{line}\n{node}\n";
    }
}
