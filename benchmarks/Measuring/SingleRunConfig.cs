using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;

namespace GoGoScope.Benchmarks.Measuring;

/// <summary>BenchmarkDotNet as it comes, with allocations: for a look at one benchmark.</summary>
internal static class SingleRunConfig
{
    internal static IConfig Instance { get; } = DefaultConfig.Instance
        .AddDiagnoser(MemoryDiagnoser.Default)
        .WithArtifactsPath(Repository.ArtifactsPath);
}
