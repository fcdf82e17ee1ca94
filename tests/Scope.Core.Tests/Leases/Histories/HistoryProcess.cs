using System.Diagnostics;
using System.Globalization;

namespace GoGoScope.Tests.Leases.Histories;

/// <summary>A process that runs histories. See <see cref="QuietPoint"/> for why they need one.</summary>
internal static class HistoryProcess
{
    /// <summary>What makes a runtime's thread pool have one thread.</summary>
    internal static readonly (string Name, string Value)[] OneThread =
        [("DOTNET_ThreadPool_ForceMaxWorkerThreads", "1"), ("DOTNET_ThreadPool_ForceMinWorkerThreads", "1")];

    /// <summary>Runs <paramref name="histories"/> from <paramref name="seed"/> on, or as many as there is time for.</summary>
    /// <returns>What it has to say, and whether all went well.</returns>
    internal static Task<(string Said, bool IsWell)> RunAsync(ulong seed, int histories, TimeSpan longest) =>
        RunAsync([$"{seed}", $"{histories}", longest.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)], OneThread);

    /// <summary>Runs the entry point of this assembly.</summary>
    internal static async Task<(string Said, bool IsWell)> RunAsync(string[] arguments, (string Name, string Value)[] environment, CancellationToken giveUp = default)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(typeof(HistoryProcess).Assembly.Location);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            var (said, errors) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
            await process.WaitForExitAsync(giveUp);
            return (await said + await errors, process.ExitCode == 0);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
