using System.Runtime.Versioning;
using GoGoScope.Packages.Tests.Making;

namespace GoGoScope.Packages.Tests.Consumers;

/// <summary>The lines of README.md, typed by somebody who has a clone of what is committed, a new console application, and no setting of NuGet yet.</summary>
[TestFixture]
[Platform("Unix"), UnsupportedOSPlatform("windows")]
[CancelAfter(540_000)]
public sealed class NewcomerTests
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("gogoscope-newcomer-");

    [SetUp]
    public async Task MakeHome()
    {
        // No registry is asked.
        await File.WriteAllTextAsync(Path.Combine(_home.CreateSubdirectory(".nuget/NuGet").FullName, "NuGet.Config"), "<configuration><packageSources /></configuration>");
        // The checkout may belong to somebody else than who runs the tests.
        await File.WriteAllTextAsync(Path.Combine(_home.FullName, ".gitconfig"), "[safe]\n\tdirectory = *\n");
    }

    [TearDown]
    public void Delete() => _home.Delete(recursive: true);

    [Test]
    public async Task The_packages_are_made_from_a_clone_and_a_new_application_runs_the_first_snippet(CancellationToken cancellationToken)
    {
        if (!Path.Exists(Checkout.PathOf(".git"))) Assert.Ignore("What the tests were built from is no checkout of git's.");
        await TypeAsync(_home.FullName, $"git clone --quiet --no-hardlinks '{Checkout.Root}' checkout");
        var (checkout, application) = (Path.Combine(_home.FullName, "checkout"), _home.CreateSubdirectory("application").FullName);
        var readme = await File.ReadAllLinesAsync(Path.Combine(checkout, "README.md"), cancellationToken);

        await PackAsync(checkout, readme.Single(line => line.StartsWith("dotnet pack", StringComparison.Ordinal)));
        await TypeAsync(checkout, readme.Single(line => line.StartsWith("dotnet nuget add source", StringComparison.Ordinal)));
        await TypeAsync(application, "dotnet new console");
        await TypeAsync(application, readme.Single(line => line.StartsWith("dotnet add package GoGoScope.Core", StringComparison.Ordinal)));
        var snippet = readme.SkipWhile(line => line != "```csharp").Skip(1).TakeWhile(line => line != "```");
        await File.WriteAllLinesAsync(Path.Combine(application, "Program.cs"), snippet, cancellationToken);
        Assert.That(await TypeAsync(application, "dotnet run"), Is.EqualTo("0\n"));

        async Task<string> TypeAsync(string folder, string line)
        {
            var ended = await RunAsync(folder, line, cancellationToken);
            Assert.That(ended.ExitCode, Is.Zero, ended.Said);
            return ended.Said;
        }

        // With the packages of others that are here: which drivers are lacking was asked when the tests were built.
        async Task PackAsync(string folder, string line)
        {
            File.Copy(Checkout.PathOf("artifacts/drivers.props"), Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "artifacts")).FullName, "drivers.props"));
            var ended = await RunAsync(folder, $"export NUGET_PACKAGES='{Checkout.RestoredPackages}'; {line}", cancellationToken);
            if (RunSetUp.Packed.Refused.Count == 0) Assert.That(ended.ExitCode, Is.Zero, ended.Said);
            Assert.That(Directory.EnumerateFiles(Path.Combine(folder, "artifacts/packages"), "GoGoScope.Core.*.nupkg").Count(), Is.EqualTo(1), ended.Said);
        }
    }

    private Task<Command> RunAsync(string folder, string line, CancellationToken cancellationToken) => Command.RunAsync(
        "env", folder, cancellationToken, "-u", "NUGET_PACKAGES",
        $"HOME={_home.FullName}", $"DOTNET_CLI_HOME={_home.FullName}", "DOTNET_GENERATE_ASPNET_CERTIFICATE=false", "DOTNET_ADD_GLOBAL_TOOLS_TO_PATH=false",
        $"PATH={Path.GetDirectoryName(Command.Dotnet)}:{Environment.GetEnvironmentVariable("PATH")}", "bash", "-c", line);
}
