using GoGoScope.Benchmarks.Measuring;
using GoGoScope.Benchmarks.Stores;

namespace GoGoScope.Benchmarks;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings(bool IsQuick, bool Writes, bool ShowsHelp, bool IsForBenchmarkDotNet, bool IsForStores = false, bool IsForCharts = false, string? Unknown = null)
{
    internal const string Usage = """
        dotnet run --configuration Release --project benchmarks [-- OPTIONS]

          (nothing)           measures every workload in memory and prints the table; about 20 minutes
          --stores            measures the stores instead, on servers that it starts and stops: redis-server,
                              PostgreSQL and MariaDB must be installed, on Linux; about 20 minutes
          --quick             the same in about 4 minutes, for a look
          --write             also writes the table to docs/performance.md, and draws its charts
          --charts            measures nothing, and draws the charts in docs/images from the tables that stand in
                              docs/performance.md
          --filter PATTERN    runs the benchmarks in memory that match, such as *HotKeys*, with BenchmarkDotNet
                              alone: a process each, its own output; all options of it can follow
          --list flat         lists the benchmarks in memory
          --help              prints this

        Exit code: 0 if everything ran, 1 if not: a benchmark also fails if two were inside a lock at once;
        2 for a wrong option.
        """;

    internal Plan Plan => IsQuick ? Plan.Quick : Plan.Full;

    internal StorePlan StorePlan => IsQuick ? StorePlan.Quick : StorePlan.Full;

    internal static Settings Parse(string[] args)
    {
        var isForBenchmarkDotNet = args is ["--filter" or "--list", ..];
        return new Settings(
            IsQuick: args.Contains("--quick"),
            Writes: args.Contains("--write"),
            ShowsHelp: args is ["--help" or "-h", ..],
            IsForBenchmarkDotNet: isForBenchmarkDotNet,
            IsForStores: args.Contains("--stores"),
            IsForCharts: args.Contains("--charts"),
            Unknown: isForBenchmarkDotNet ? null : args.FirstOrDefault(arg => arg is not ("--stores" or "--charts" or "--quick" or "--write" or "--help" or "-h")));
    }
}
