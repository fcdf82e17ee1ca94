using System.Runtime.Versioning;
using GoGoScope.Packages.Tests.Making;

namespace GoGoScope.Packages.Tests.Consumers;

/// <summary>The lines of README.md, typed by somebody who has a checkout, its packages, a new console application, and no setting of NuGet yet.</summary>
[TestFixture]
[Platform("Unix"), UnsupportedOSPlatform("windows")]
[CancelAfter(280_000)]
public sealed class NewcomerTests
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("gogoscope-newcomer-");
    private string _checkout = "";
    private string _application = "";

    [SetUp]
    public async Task MakeHome()
    {
        _checkout = _home.CreateSubdirectory("checkout").FullName;
        _application = _home.CreateSubdirectory("application").FullName;
        Directory.CreateSymbolicLink(Path.Combine(_home.CreateSubdirectory("checkout/artifacts").FullName, "packages"), RunSetUp.Packed.Path);
        // No registry is asked.
        await File.WriteAllTextAsync(Path.Combine(_home.CreateSubdirectory(".nuget/NuGet").FullName, "NuGet.Config"), "<configuration><packageSources /></configuration>");
    }

    [TearDown]
    public void Delete() => _home.Delete(recursive: true);

    [Test]
    public async Task A_new_application_gets_the_package_and_runs_the_first_snippet(CancellationToken cancellationToken)
    {
        var readme = await File.ReadAllLinesAsync(Checkout.PathOf("README.md"), cancellationToken);
        await TypeAsync(_checkout, readme.Single(line => line.StartsWith("dotnet nuget add source", StringComparison.Ordinal)));
        await TypeAsync(_application, "dotnet new console");
        await TypeAsync(_application, readme.Single(line => line.StartsWith("dotnet add package GoGoScope.Core", StringComparison.Ordinal)));
        var snippet = readme.SkipWhile(line => line != "```csharp").Skip(1).TakeWhile(line => line != "```");
        await File.WriteAllLinesAsync(Path.Combine(_application, "Program.cs"), snippet, cancellationToken);
        Assert.That(await TypeAsync(_application, "dotnet run"), Is.EqualTo("0\n"));

        async Task<string> TypeAsync(string folder, string line)
        {
            var ended = await Command.RunAsync(
                "env", folder, cancellationToken, "-u", "NUGET_PACKAGES",
                $"HOME={_home.FullName}", $"DOTNET_CLI_HOME={_home.FullName}", "DOTNET_GENERATE_ASPNET_CERTIFICATE=false", "DOTNET_ADD_GLOBAL_TOOLS_TO_PATH=false",
                $"PATH={Path.GetDirectoryName(Command.Dotnet)}:{Environment.GetEnvironmentVariable("PATH")}", "bash", "-c", line);
            Assert.That(ended.ExitCode, Is.Zero, ended.Said);
            return ended.Said;
        }
    }
}
