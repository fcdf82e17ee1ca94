using System.IO.Compression;
using GoGoScope.Packages.Tests.Making;

namespace GoGoScope.Packages.Tests;

/// <summary>Sources of packages that have some drivers and not others, with small packages in their places: what is built there, and what is said of it.</summary>
[TestFixture]
[CancelAfter(280_000)]
public sealed class DriversTests
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("gogoscope-drivers-");

    [OneTimeTearDown]
    public void Delete() => _root.Delete(recursive: true);

    [Test]
    public async Task What_a_source_lacks_is_replaced_or_left_out_and_said_and_one_that_has_all_needs_no_further_step(CancellationToken cancellationToken)
    {
        var project = Make();
        Offer("Replacement", "1.0.0");
        var (said, built) = await BuildAsync(project, cancellationToken);
        Assert.That(said, Does.Contain("warning DRIVER: Replacement 1.0.0 stands in for Replaced 2.0.0, which your package source lacks."));
        Assert.That(said, Does.Contain("warning DRIVER: It is built without Done.Without 2.0.0, which your package source lacks."));
        Assert.That(built, Is.EqualTo("with Replacement, without Done.Without\n"));

        Offer("Replaced", "2.0.0");
        Offer("Done.Without", "2.0.0");
        _root.GetDirectories("artifacts").Single().Delete(recursive: true);
        (said, built) = await BuildAsync(project, cancellationToken);
        Assert.That((said.Contains("DRIVER", StringComparison.Ordinal), built), Is.EqualTo((false, "with Replaced, with Done.Without\n")), said);
    }

    private static async Task<(string Said, string Built)> BuildAsync(string project, CancellationToken cancellationToken) =>
        (await Command.DotnetAsync(project, cancellationToken, "build", "--output", "built"), await Command.DotnetAsync(project, cancellationToken, "exec", Path.Combine("built", "Small.dll")));

    private string Make()
    {
        Checkout.CopyTo(_root.FullName, "Directory.Build.props", "Directory.Build.targets", "eng/drivers", "eng/packages");
        Write(
            "Directory.Packages.props",
            """
            <Project>
              <PropertyGroup>
                <ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>
              </PropertyGroup>
              <ItemGroup>
                <PackageVersion Include="Replaced" Version="2.0.0" StandIn="Replacement" StandInVersion="1.0.0" Constant="WITHOUT_REPLACED" />
                <PackageVersion Include="Done.Without" Version="2.0.0" LeftOut="true" Constant="WITHOUT_IT" />
              </ItemGroup>
            </Project>
            """);
        // Nothing comes from anywhere else, and nothing of it stays.
        Write(
            "NuGet.Config",
            """
            <configuration>
              <config>
                <add key="globalPackagesFolder" value="restored" />
              </config>
              <packageSources>
                <clear />
                <add key="source" value="source" />
              </packageSources>
            </configuration>
            """);
        Write(
            "small/Small.csproj",
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <UseAppHost>false</UseAppHost>
                <RunAnalyzers>false</RunAnalyzers>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Replaced" />
                <PackageReference Include="Done.Without" />
              </ItemGroup>
            </Project>
            """);
        Write(
            "small/Program.cs",
            """
            #if WITHOUT_REPLACED
            const string First = "Replacement";
            #else
            const string First = "Replaced";
            #endif
            #if WITHOUT_IT
            const string Second = "without";
            #else
            const string Second = "with";
            #endif
            Console.WriteLine($"with {First}, {Second} Done.Without");
            """);
        _root.CreateSubdirectory("source");
        return Path.Combine(_root.FullName, "small");
    }

    /// <summary>Puts a package into the source that has nothing in it.</summary>
    private void Offer(string package, string version)
    {
        using var file = ZipFile.Open(Path.Combine(_root.FullName, "source", $"{package}.{version}.nupkg"), ZipArchiveMode.Create);
        using var text = new StreamWriter(file.CreateEntry($"{package}.nuspec").Open());
        text.Write(
            $"""
             <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
               <metadata>
                 <id>{package}</id>
                 <version>{version}</version>
                 <authors>nobody</authors>
                 <description>Nothing.</description>
               </metadata>
             </package>
             """);
    }

    private void Write(string file, string text)
    {
        var path = Path.Combine(_root.FullName, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
