using System.Diagnostics;

namespace GoGoScope.Packages.Tests.Making;

/// <summary>A program that is run to its end.</summary>
internal sealed record Command(int ExitCode, string Said)
{
    internal static string Dotnet { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>Runs <c>dotnet</c>, and fails the test with what it said if it fails.</summary>
    internal static async Task<string> DotnetAsync(string folder, CancellationToken cancellationToken, params IEnumerable<string> arguments)
    {
        var ended = await RunAsync(Dotnet, folder, cancellationToken, arguments);
        Assert.That(ended.ExitCode, Is.Zero, ended.Said);
        return ended.Said;
    }

    internal static async Task<Command> RunAsync(string program, string folder, CancellationToken cancellationToken, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        // What the run of tests that this is part of tells its own build.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(name);
        // No process stays behind. A compiler that is warm already, and is ended by whoever has started it, is welcome.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment.TryAdd("UseSharedCompilation", "false");
        // Installed tools look for the runtime where the tests' own is.
        if (Path.GetDirectoryName(Dotnet) is { Length: > 0 } root) start.Environment["DOTNET_ROOT"] = root;
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment.Remove("GOGOSCOPE_STORE");

        using var process = Process.Start(start)!;
        await using var killing = cancellationToken.UnsafeRegister(ended => ((Process)ended!).Kill(entireProcessTree: true), process);
        process.StandardInput.Close();
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
        await process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        return new Command(process.ExitCode, string.Concat(said));
    }
}
