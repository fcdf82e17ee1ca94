using System.Xml.Linq;

namespace GoGoScope.Testing.Tests.Package;

/// <summary>What the author of a store gets: the packages, and in a project that has nothing else the suites.</summary>
[NonParallelizable]
public sealed class PackageTests
{
    private const string Core = "GoGoScope.Core";
    private const string Suites = "GoGoScope.Testing";

    private Packed _packed = null!;

    [OneTimeSetUp]
    public async Task Pack() => _packed = await Packed.MakeAsync("src/Scope.Core", "tests/Scope.Testing");

    [OneTimeTearDown]
    public void Delete() => _packed.Dispose();

    [Test]
    public void It_has_the_assembly_its_docs_and_a_readme_and_nothing_else()
    {
        using var package = _packed.Open(Suites);
        var files = package.Entries.Select(entry => entry.FullName).Where(name => !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal) && name != "[Content_Types].xml");
        Assert.That(files, Is.EquivalentTo(["GoGoScope.Testing.nuspec", "README.md", "lib/net10.0/GoGoScope.Testing.dll", "lib/net10.0/GoGoScope.Testing.xml"]));
    }

    [Test]
    public void It_says_what_it_is_under_which_licence()
    {
        var metadata = _packed.Metadata(Suites);
        Assert.That(Text("id"), Is.EqualTo(Suites));
        Assert.That(Text("license"), Is.EqualTo("MIT"));
        Assert.That(Text("readme"), Is.EqualTo("README.md"));
        Assert.That(Text("description"), Is.Not.Empty);

        string Text(string name) => metadata.Element(metadata.Name.Namespace + name)!.Value;
    }

    [Test]
    public void It_needs_the_core_and_NUnit_only()
    {
        var dependencies = _packed.Metadata(Suites).Descendants().Where(element => element.Name.LocalName == "dependency").Select(dependency => dependency.Attribute("id")!.Value);
        Assert.That(dependencies, Is.EquivalentTo([Core, "NUnit"]));
    }

    /// <summary>
    /// The example of docs/writing-a-store.md and its tests, in a project outside of this repository that knows the packages only.
    /// Its own packages come from where those of this project were restored to, so that no registry is asked.
    /// </summary>
    [Test]
    public async Task A_store_that_somebody_else_writes_is_tested_with_it()
    {
        var folder = Directory.CreateTempSubdirectory("gogoscope-consumer-");
        try
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(Packed.Repository, "tests/Scope.Testing.Tests/Example"), "*.cs")) File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file)));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "FolderLocks.Tests.csproj"), Project(folder.FullName));

            var said = await Packed.DotnetAsync(folder.FullName, "test", "--filter", "FullyQualifiedName~FolderLocks.Tests.Folder&FullyQualifiedName!~Leases|Name=Every_suite_is_run|FullyQualifiedName~FolderLeasesExclusion", "--disable-build-servers", "-nodeReuse:false", "--logger", "console;verbosity=minimal");
            TestContext.Out.WriteLine(said);
            Assert.That(said, Does.Match(@"Failed: +0, Passed: +(\d{3,})"), "the suites ran");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private string Project(string folder) =>
        $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
            <RestoreSources>{_packed.Folder}</RestoreSources>
            <RestoreFallbackFolders>{Packed.RestoredPackages}</RestoreFallbackFolders>
            <RestorePackagesPath>{Path.Combine(folder, "packages")}</RestorePackagesPath>
            <NuGetAudit>false</NuGetAudit>
            <NoWarn>$(NoWarn);NU1603</NoWarn>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="{Core}" Version="{Packed.Version}" />
            <PackageReference Include="{Suites}" Version="{Packed.Version}" />
            <PackageReference Include="Microsoft.NET.Test.Sdk" Version="{VersionOf("Microsoft.NET.Test.Sdk")}" />
            <PackageReference Include="NUnit3TestAdapter" Version="{VersionOf("NUnit3TestAdapter")}" />
          </ItemGroup>
        </Project>
        """;

    private static string VersionOf(string package) =>
        XDocument.Load(Path.Combine(Packed.Repository, "Directory.Packages.props")).Descendants("PackageVersion")
            .Single(version => version.Attribute("Include")!.Value == package).Attribute("Version")!.Value;
}
