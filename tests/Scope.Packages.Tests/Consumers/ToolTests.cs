using System.Runtime.Versioning;
using GoGoScope.Packages.Tests.Making;

namespace GoGoScope.Packages.Tests.Consumers;

/// <summary>The command line, installed from the local folder alone, and run.</summary>
[TestFixture]
[Platform("Linux"), SupportedOSPlatform("linux")]
[CancelAfter(280_000)]
public sealed class ToolTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gogoscope-tools-");

    [OneTimeTearDown]
    public void Delete() => _folder.Delete(recursive: true);

    [Test]
    public async Task It_is_installed_and_run(CancellationToken cancellationToken)
    {
        RunSetUp.Packed.Open("GoGoScope.Tool").Dispose();
        var config = Path.Combine(_folder.FullName, "nuget.config");
        await File.WriteAllTextAsync(
            config,
            $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{_folder.FullName}/packages" /></config>
              <packageSources><clear /><add key="here" value="{RunSetUp.Packed.Path}" /></packageSources>
            </configuration>
            """, cancellationToken);
        await Command.DotnetAsync(
            _folder.FullName, cancellationToken, "tool", "install", "GoGoScope.Tool", "--version", PackedFolder.Version, "--tool-path", _folder.FullName, "--configfile", config);

        Assert.That((await RunAsync("--help")).Said, Does.Contain("gogoscope run --key"));
        var ended = await RunAsync("run", "--store", $"file://{_folder.FullName}/locks", "--key", "packed", "--", "sh", "-c", "exit 7");
        Assert.That(ended.ExitCode, Is.EqualTo(7), ended.Said);

        Task<Command> RunAsync(params string[] arguments) => Command.RunAsync(Path.Combine(_folder.FullName, "gogoscope"), _folder.FullName, cancellationToken, arguments);
    }
}
