using System.Text.RegularExpressions;
using GoGoScope.Packages.Tests.Making;
using GoGoScope.Testing;

namespace GoGoScope.Packages.Tests.Consumers;

/// <summary>What users write first: it compiles with implicit usings and without a warning, and runs.</summary>
[TestFixture]
[CancelAfter(280_000)]
public sealed partial class ApplicationTests
{
    private const string Folder = "tests/Scope.Packages.Tests/Applications";
    private const string LockAlias = "<GoGoScopeLockAlias>true</GoGoScopeLockAlias>";

    private static readonly string[] Adapters = ["Mongo", "MySql", "Postgres", "Redis"];

    [Test]
    public async Task A_program_takes_locks_in_memory_and_in_files_and_permits(CancellationToken cancellationToken)
    {
        using var application = new Application($"{Folder}/Plain", ["GoGoScope.Core"], [], LockAlias);
        await application.BuildAsync(cancellationToken);
        Assert.That(await application.RunAsync(cancellationToken, "locks"), Is.EqualTo("memory: stock:7\nfiles: stock:7, fenced\nsemaphore: full\n"));
    }

    /// <summary>It names no GoGoScope.Core, and has its alias and its analyzers all the same.</summary>
    [Test]
    public async Task An_application_of_the_host_has_every_adapter(CancellationToken cancellationToken)
    {
        var adapters = Adapters.Where(adapter => !RunSetUp.Packed.Refused.ContainsKey($"GoGoScope.Persistence.{adapter}")).ToList();
        using var application = new Application(
            $"{Folder}/Hosted", ["GoGoScope.Hosting", .. adapters.Select(adapter => $"GoGoScope.Persistence.{adapter}")], ["Microsoft.Extensions.Hosting"],
            $"{LockAlias}<DefineConstants>$(DefineConstants);{string.Join(';', adapters.Select(adapter => adapter.ToUpperInvariant()))}</DefineConstants>");
        await application.BuildAsync(cancellationToken);
        var said = await application.RunAsync(cancellationToken);
        Assert.That(said, Does.Contain("host: stock:7, in-memory\n"));
        Assert.That(said.Split('\n').Count(line => line == "True"), Is.EqualTo(adapters.Count));
        var analyzers = await application.DotnetAsync(cancellationToken, "msbuild", "-target:ResolveLockFileAnalyzers", "-getItem:Analyzer");
        Assert.That(analyzers, Does.Contain("GoGoScope.Analyzers.dll"));

        if (!adapters.Contains("Redis")) return;
        said = await application.RunAsync(cancellationToken, await TestServer.Redis.ConnectionAsync(), $"packages-{Guid.NewGuid():N}:");
        Assert.That(said, Does.Contain("host: stock:7, redis\n"));
    }

    [Test]
    public async Task A_mistake_is_reported_by_the_analyzers_of_the_package(CancellationToken cancellationToken)
    {
        using var application = new Application($"{Folder}/Mistaken", ["GoGoScope.Core"], [], LockAlias);
        var ended = await application.TryDotnetAsync(cancellationToken, "build", "--verbosity", "quiet");
        Assert.That(ended.ExitCode, Is.Not.Zero);
        Assert.That(ErrorCode().Matches(ended.Said).Select(error => error.Groups["code"].Value).Distinct(), Is.EqualTo(["GGS0003"]), ended.Said);
    }

    /// <summary>The example of docs/writing-a-store.md and its tests. Every suite compiles; those of one store's basics and of one of its locks' are run.</summary>
    [Test]
    public async Task A_store_that_somebody_else_writes_is_tested_with_the_suites(CancellationToken cancellationToken)
    {
        using var application = new Application(
            "tests/Scope.Testing.Tests/Example", ["GoGoScope.Core", "GoGoScope.Testing"], ["Microsoft.NET.Test.Sdk", "NUnit3TestAdapter"]);
        var said = await application.DotnetAsync(
            cancellationToken, "test", "--filter", "FullyQualifiedName~FolderLocks.Tests.Folder&FullyQualifiedName!~Leases|Name=Every_suite_is_run|FullyQualifiedName~FolderLeasesExclusion",
            "--logger", "console;verbosity=minimal");
        Assert.That(said, Does.Match(@"Failed: +0, Passed: +(\d{3,})"), "the suites ran");
    }

    [GeneratedRegex("error (?<code>[A-Z]+[0-9]+):")]
    private static partial Regex ErrorCode();
}
