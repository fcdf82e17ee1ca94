using System.Diagnostics;
using System.Runtime.Versioning;

namespace GoGoScope.Tool.Tests;

/// <summary>What users install: packed, installed from the local folder alone, and run.</summary>
[TestFixture]
[Parallelizable]
[Platform("Linux"), SupportedOSPlatform("linux")]
[CancelAfter(180_000)]
public sealed class PackageTests
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gogoscope-");

    [OneTimeTearDown]
    public void Delete() => _directory.Delete(recursive: true);

    [Test]
    public async Task It_is_packed_installed_and_run()
    {
        var packed = await DotNetAsync("pack", Path.Combine(DocsTests.Root(), "src", "Scope.Tool"), "--no-build", "--configuration", Configuration, "--output", _directory.FullName, "--verbosity", "quiet", "--nologo");
        if (packed.Output.Contains("A package is made with the wanted drivers only")) Assert.Ignore("The package registry at hand lacks a driver, and without it the tool is never packed.");
        Assert.That(packed.ExitCode, Is.Zero, packed.Output);
        var package = _directory.EnumerateFiles("*.nupkg").Single();
        var version = package.Name["GoGoScope.Tool.".Length..^".nupkg".Length];

        await File.WriteAllTextAsync(
            Path.Combine(_directory.FullName, "nuget.config"), $"<configuration><packageSources><clear /><add key=\"here\" value=\"{_directory.FullName}\" /></packageSources></configuration>");
        var tools = Path.Combine(_directory.FullName, "tools");
        var installed = await DotNetAsync("tool", "install", "GoGoScope.Tool", "--version", version, "--tool-path", tools, "--configfile", Path.Combine(_directory.FullName, "nuget.config"));
        Assert.That(installed.ExitCode, Is.Zero, installed.Output + installed.Errors);

        // Where the runtime is that the tests run on.
        var root = ("DOTNET_ROOT", Path.GetDirectoryName(ToolProcess.Command[0])!);
        string[] gogoscope = [Path.Combine(tools, "gogoscope")];
        await using var help = ToolProcess.StartCommand([.. gogoscope, "--help"], root);
        await using var run = ToolProcess.StartCommand([.. gogoscope, "run", "--store", RunSetUp.Store, "--key", "packed", "--", "sh", "-c", "exit 7"], root);
        Assert.That((await help.EndAsync()).Output, Does.Contain("gogoscope run --key"));
        Assert.That((await run.EndAsync()).ExitCode, Is.EqualTo(7));
    }

    /// <summary>Nothing may stay behind, in the user's folders neither.</summary>
    private async Task<ToolResult> DotNetAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(ToolProcess.Command[0], arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _directory.FullName };
        foreach (var (name, value) in new[]
        {
            ("MSBUILDDISABLENODEREUSE", "1"), ("DOTNET_CLI_USE_MSBUILD_SERVER", "0"), ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"), ("DOTNET_NOLOGO", "1"),
            ("DOTNET_CLI_HOME", _directory.FullName), ("DOTNET_ROOT", Path.GetDirectoryName(ToolProcess.Command[0])!),
        }) start.Environment[name] = value;
        // Those of the tests' own host would be taken for the SDK's.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new ToolResult(process.ExitCode, said[0], said[1]);
    }
}
