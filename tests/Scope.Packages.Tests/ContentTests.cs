using GoGoScope.Packages.Tests.Making;

namespace GoGoScope.Packages.Tests;

/// <summary>What is in the packages, file by file: who adds one says so here.</summary>
[TestFixture]
public sealed class ContentTests
{
    private const string Core = "GoGoScope.Core";

    /// <summary>The libraries: files beside those that each has, and what each needs.</summary>
    private static readonly Library[] Libraries =
    [
        new(Core)
        {
            Files =
            [
                "build/GoGoScope.Core.props", "buildTransitive/GoGoScope.Core.props",
                "analyzers/dotnet/cs/GoGoScope.Analyzers.dll", "analyzers/dotnet/cs/GoGoScope.Analyzers.CodeFixes.dll",
            ],
        },
        new("GoGoScope.Hosting")
        {
            Needs =
            [
                Core, "Microsoft.Extensions.Configuration.Abstractions", "Microsoft.Extensions.DependencyInjection.Abstractions",
                "Microsoft.Extensions.Diagnostics.HealthChecks", "Microsoft.Extensions.Hosting.Abstractions",
                "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options",
            ],
        },
        new("GoGoScope.Persistence.Mongo") { Needs = [Core, "MongoDB.Driver"] },
        new("GoGoScope.Persistence.MySql") { Needs = [Core, "MySqlConnector"] },
        new("GoGoScope.Persistence.Postgres") { Needs = [Core, "Npgsql"] },
        new("GoGoScope.Persistence.Redis") { Needs = [Core, "StackExchange.Redis"] },
        new("GoGoScope.Testing") { Needs = [Core, "NUnit"] },
    ];

    private const string Tool = "GoGoScope.Tool";

    private static IEnumerable<string> Ids => Libraries.Select(library => library.Id).Append(Tool);

    [Test]
    public void Every_project_that_makes_a_package_is_known_here() => Assert.That(Checkout.Packages.Values, Is.EquivalentTo(Ids));

    [Test]
    public void One_command_makes_them_all_and_nothing_else()
    {
        var packages = Ids.Except(RunSetUp.Packed.Refused.Keys).Select(id => $"{id}.{PackedFolder.Version}.nupkg");
        var symbols = Libraries.Select(library => library.Id).Except(RunSetUp.Packed.Refused.Keys).Select(id => $"{id}.{PackedFolder.Version}.snupkg");
        Assert.That(RunSetUp.Packed.Files("*"), Is.EquivalentTo(packages.Concat(symbols)));
    }

    [TestCaseSource(nameof(Libraries))]
    public void A_library_has_its_assembly_its_docs_and_nothing_stray(object of)
    {
        var library = (Library)of;
        using var package = RunSetUp.Packed.Open(library.Id);
        Assert.That(
            package.Files,
            Is.EquivalentTo([$"{library.Id}.nuspec", "README.md", "LICENSE", "icon.png", $"lib/net10.0/{library.Id}.dll", $"lib/net10.0/{library.Id}.xml", .. library.Files]));
        Assert.That(package.ReadText($"lib/net10.0/{library.Id}.xml"), Does.Contain("<member name=\"T:GoGoScope."));
    }

    /// <summary>Ours are passed on with their build files and analyzers: who installs an adapter alone gets all of the core.</summary>
    [TestCaseSource(nameof(Libraries))]
    public void A_library_needs_what_it_was_built_with_and_nothing_else(object of)
    {
        var library = (Library)of;
        using var package = RunSetUp.Packed.Open(library.Id);
        Assert.That(
            package.Dependencies,
            Is.EquivalentTo(library.Needs.Select(id => id == Core ? $"{id} {PackedFolder.Version}" : $"{id} {Checkout.VersionOf(id)} without Build,Analyzers")));
    }

    [Test]
    public void The_tool_has_what_it_runs_with_and_nothing_stray()
    {
        using var package = RunSetUp.Packed.Open(Tool);
        var files = package.Files.ToList();
        Assert.That(files, Is.SupersetOf(
        [
            "README.md", "LICENSE", "icon.png", "tools/net10.0/any/DotnetToolSettings.xml", "tools/net10.0/any/GoGoScope.Tool.dll", "tools/net10.0/any/GoGoScope.Tool.pdb",
            "tools/net10.0/any/GoGoScope.Tool.runtimeconfig.json", "tools/net10.0/any/Npgsql.dll",
        ]));
        Assert.That(files.Where(file => file.EndsWith(".xml", StringComparison.Ordinal)), Is.EqualTo(["tools/net10.0/any/DotnetToolSettings.xml"]), "docs");
        Assert.That(files.Where(file => file.EndsWith(".resources.dll", StringComparison.Ordinal)), Is.Empty, "translations");
        Assert.That(package.Dependencies, Is.Empty);
    }

    [TestCaseSource(nameof(Ids))]
    public void A_package_says_what_it_is_and_under_which_licence(string id)
    {
        using var package = RunSetUp.Packed.Open(id);
        Assert.Multiple(() =>
        {
            Assert.That(package.Metadata("id"), Is.EqualTo(id));
            Assert.That(package.Metadata("license"), Is.EqualTo("MIT"));
            Assert.That(package.Metadata("readme"), Is.EqualTo("README.md"));
            Assert.That(package.Metadata("icon"), Is.EqualTo("icon.png"));
            Assert.That(package.Metadata("authors"), Is.EqualTo("GoGoScope contributors"));
            Assert.That(package.Metadata("description"), Does.Contain("GoGoScope").Or.Contain("scopes"));
            Assert.That(package.Metadata("tags").Split(' '), Is.SupersetOf(["async", "locks"]).And.Unique);
            Assert.That(package.ReadText("README.md"), Does.StartWith($"# {id}\n"));
            Assert.That(package.ReadText("LICENSE"), Does.StartWith("MIT License"));
            Assert.That(package.Read("icon.png").Take(4), Is.EqualTo([0x89, (byte)'P', (byte)'N', (byte)'G']));
        });
    }

    /// <summary>It is shown where there is no repository around it, so a link to one of our pages would lead nowhere.</summary>
    [TestCaseSource(nameof(Ids))]
    public void A_readme_stands_by_itself(string id)
    {
        using var package = RunSetUp.Packed.Open(id);
        Assert.That(package.ReadText("README.md"), Does.Not.Match(@"\]\((?!https://)"));
    }

    /// <summary>A library in the table above.</summary>
    private sealed record Library(string Id)
    {
        internal IReadOnlyList<string> Files { get; init; } = [];

        internal IReadOnlyList<string> Needs { get; init; } = [];

        public override string ToString() => Id;
    }
}
