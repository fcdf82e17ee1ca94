using GoGoScope.Packages.Tests.Making;

namespace GoGoScope.Packages.Tests;

/// <summary>The settings that all packages share, with a small project in the place of one of ours, which take far longer to build.</summary>
[TestFixture]
[CancelAfter(280_000)]
public sealed class SharedSettingsTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gogoscope-checkouts-");

    [OneTimeTearDown]
    public void Delete() => _folder.Delete(recursive: true);

    [Test]
    public async Task A_project_makes_the_same_assembly_wherever_the_checkout_is(CancellationToken cancellationToken)
    {
        var first = await BuildAsync("one", cancellationToken);
        var second = await BuildAsync(Path.Combine("another", "place"), cancellationToken);
        Assert.That(second, Is.EqualTo(first));
    }

    /// <summary>As CONTRIBUTING.md says how to compare with a package of an older commit.</summary>
    [Test]
    public async Task A_package_that_would_break_users_of_the_last_one_is_refused(CancellationToken cancellationToken)
    {
        var folder = Make("breaking");
        await Command.DotnetAsync(folder, cancellationToken, "pack", "--output", "last", "--verbosity", "quiet");
        var source = Path.Combine(folder, "Small.cs");
        await File.WriteAllTextAsync(source, (await File.ReadAllTextAsync(source, cancellationToken)).Replace("Where", "Whither", StringComparison.Ordinal), cancellationToken);

        var last = Directory.EnumerateFiles(Path.Combine(folder, "last"), "*.nupkg").Single();
        var ended = await Command.RunAsync(Command.Dotnet, folder, cancellationToken, "pack", "--no-restore", "--output", "next", "--verbosity", "quiet", $"-p:PackageValidationBaselinePath={last}");
        Assert.That(ended.ExitCode, Is.Not.Zero);
        Assert.That(ended.Said, Does.Contain("error CP0002").And.Contain("Small.Where"));
    }

    [Test]
    public async Task A_package_without_its_driver_is_refused(CancellationToken cancellationToken)
    {
        var folder = Make("lacking");
        var ended = await Command.RunAsync(Command.Dotnet, folder, cancellationToken, "msbuild", "-target:RefuseToPackStandInDrivers", "-property:FindDrivers=false;Lacks=Some.Driver", "-verbosity:quiet");
        Assert.That(ended.ExitCode, Is.Not.Zero);
        Assert.That(ended.Said, Does.Contain("A package is made with the wanted drivers only, and Some.Driver 1.2.3 is not to be had"));
    }

    /// <summary>The assembly.</summary>
    private async Task<byte[]> BuildAsync(string checkout, CancellationToken cancellationToken)
    {
        var folder = Make(checkout);
        await Command.DotnetAsync(folder, cancellationToken, "build", "--configuration", "Release", "--output", "built", "--verbosity", "quiet");
        return await File.ReadAllBytesAsync(Path.Combine(folder, "built", "Small.dll"), cancellationToken);
    }

    private string Make(string checkout)
    {
        var root = Path.Combine(_folder.FullName, checkout);
        Checkout.CopyTo(root, "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "LICENSE", "eng/drivers", "eng/packages");
        var folder = Directory.CreateDirectory(Path.Combine(root, "src", "Small")).FullName;
        File.WriteAllText(Path.Combine(folder, "README.md"), "# Small\n");
        File.WriteAllText(Path.Combine(folder, "Small.cs"), "public static class Small { public static string Where([System.Runtime.CompilerServices.CallerFilePath] string? path = null) => path! + Where(null); }\n");
        File.WriteAllText(
            Path.Combine(folder, "Small.csproj"),
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <IsPackable>true</IsPackable>
                <RunAnalyzers>false</RunAnalyzers>
              </PropertyGroup>
              <ItemGroup Condition="'$(Lacks)' != ''">
                <LackingDriver Include="$(Lacks)" Wanted="1.2.3" />
              </ItemGroup>
            </Project>
            """);
        return folder;
    }
}
