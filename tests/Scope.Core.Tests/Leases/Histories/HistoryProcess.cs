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
    internal static async Task<(string Said, bool IsWell)> RunAsync(ulong seed, int histories, TimeSpan longest)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var arguments = new[] { typeof(HistoryProcess).Assembly.Location, $"{seed}", $"{histories}", longest.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in OneThread) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            var (said, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            return (await said + await errors, process.ExitCode == 0);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
