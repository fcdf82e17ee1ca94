using System.Collections.Immutable;
using System.Runtime.Loader;
using System.Threading.RateLimiting;
using GoGoScope.Hosting;
#if !NO_MONGODB
using GoGoScope.Persistence.Mongo;
#endif
using GoGoScope.Persistence.MySql;
using GoGoScope.Persistence.Postgres;
using GoGoScope.Persistence.Redis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
#if !NO_MONGODB
using MongoDB.Bson;
using MongoDB.Driver;
#endif
#if !WITHOUT_MYSQLCONNECTOR
using MySqlConnector;
#endif
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Polly;
using StackExchange.Redis;

namespace GoGoScope.Tests.Compilation;

/// <summary>
/// A piece of C#, compiled as a user's program would be: top-level statements, implicit usings, <c>using GoGoScope;</c>,
/// against the framework, GoGoScope's packages and their drivers, and what docs/recipes fits into; and against GoGoScope.Testing and NUnit, if it uses that.
/// </summary>
internal static class Snippet
{
    /// <summary>What a console project of the .NET SDK gets with ImplicitUsings.</summary>
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;

        """;

    /// <summary>MongoDB's adapter and its driver, where the package source has that.</summary>
    private static readonly Type[] Mongo =
#if NO_MONGODB
        [];
#else
        [typeof(MongoLockProvider), typeof(MongoClient), typeof(BsonDocument)];
#endif

    /// <summary>Whether a snippet can use MongoDB.</summary>
    internal static bool HasMongo => Mongo.Length > 0;

    private static readonly ImmutableArray<MetadataReference> References = FindReferences();

    private static readonly ImmutableArray<MetadataReference> TestingReferences =
        [Reference(typeof(GoGoScope.Testing.LockStoreHarness)), Reference(typeof(TestAttribute))];

    private static readonly CSharpCompilationOptions Options = new(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable);

    private static readonly CSharpCompilation Empty = CSharpCompilation.Create("Snippet", [Tree(ImplicitUsings + "global using GoGoScope;", "usings.cs")], [.. References, .. TestingReferences], Options);

    /// <summary>Compiles <paramref name="source"/>, a whole file; <paramref name="globalUsings"/> are further global using directives.</summary>
    internal static CompiledSnippet Compile(string source, string globalUsings = "global using GoGoScope;")
    {
        var compilation = CSharpCompilation.Create(
            $"Snippet-{Guid.NewGuid():N}",
            [Tree(source, "snippet.cs"), Tree(ImplicitUsings + globalUsings, "usings.cs")],
            source.Contains("using GoGoScope.Testing;", StringComparison.Ordinal) ? [.. References, .. TestingReferences] : References,
            Options);

        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        return new CompiledSnippet(result.Success ? image.ToArray() : null, result.Diagnostics);
    }

    /// <summary>To be looked at, not to be run: the references are shared by all of these.</summary>
    internal static CSharpCompilation Parse(string source) => Empty.AddSyntaxTrees(Tree(source, "snippet.cs"));

    private static SyntaxTree Tree(string source, string path) => CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.Latest), path);

    private static ImmutableArray<MetadataReference> FindReferences()
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var trusted = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        return
        [
            .. trusted.Where(path => Path.GetDirectoryName(path) == framework || IsOfHost(Path.GetFileName(path))).Select(path => MetadataReference.CreateFromFile(path)),
            .. new[] { typeof(Scope), typeof(ApplicationScope), typeof(RedisLockProvider), typeof(PostgresLockProvider), typeof(MySqlLockProvider), typeof(IConnectionMultiplexer), typeof(NpgsqlDataSource), typeof(RateLimiter), typeof(ResiliencePipeline), typeof(Sdk), typeof(TracerProvider), typeof(InMemoryExporterHelperExtensions) }.Concat(Mongo).Select(Reference),
#if !WITHOUT_MYSQLCONNECTOR
            Reference(typeof(MySqlDataSource)),
#endif
        ];
    }

    /// <summary>Of .NET's host, on the console or the web, for docs/hosting.md.</summary>
    private static bool IsOfHost(string file) => file.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal) || file.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal);

    private static PortableExecutableReference Reference(Type one) => MetadataReference.CreateFromFile(one.Assembly.Location);
}

/// <summary>The outcome of a compilation: a program, or the errors that it has.</summary>
internal sealed record CompiledSnippet(byte[]? Image, ImmutableArray<Diagnostic> Diagnostics)
{
    internal IReadOnlyList<string> Errors =>
        [.. Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error).Select(found => found.Id).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Runs the program to its end. Returns the lines that it has written to the console.</summary>
    internal Task<IReadOnlyList<string>> RunAsync() => ConsoleOutput.OfAsync(RunToItsEndAsync);

    private async Task RunToItsEndAsync()
    {
        var image = Image ?? throw new InvalidOperationException($"It does not compile:{Environment.NewLine}{this}");
        var assembly = AssemblyLoadContext.Default.LoadFromStream(new MemoryStream(image));
        // Of the two entry points of a program that awaits, this is the one that doesn't block.
        var main = assembly.EntryPoint!.DeclaringType!.GetMethod("<Main>$", System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!;
        if (main.Invoke(null, [Array.Empty<string>()]) is Task running) await running;
    }

    public override string ToString() => string.Join(Environment.NewLine, Diagnostics.Where(found => found.Severity >= DiagnosticSeverity.Warning));
}
