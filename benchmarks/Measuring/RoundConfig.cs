using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using BenchmarkDotNet.Validators;
using Perfolizer.Horology;
using Perfolizer.Mathematics.OutlierDetection;

namespace GoGoScope.Benchmarks.Measuring;

/// <summary>
/// How BenchmarkDotNet runs one round: short, and in this process, since a process for each benchmark and round would
/// spend most of its time with starting and compiling.
/// </summary>
internal static class RoundConfig
{
    internal static IConfig Of(Plan plan, int round) => ManualConfig.CreateEmpty()
        .AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithUnrollFactor(1)
            .WithMinInvokeCount(1)
            .WithWarmupCount(1)
            .WithIterationCount(plan.Iterations)
            .WithIterationTime(TimeInterval.FromMilliseconds(plan.IterationTime))
            // A call does thousands of operations: the cost of the call itself disappears among them.
            .WithEvaluateOverhead(false)
            .WithOutlierMode(OutlierMode.DontRemove))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .AddValidator(JitOptimizationsValidator.FailOnError)
        .AddLogger(NullLogger.Instance)
        .WithOrderer(new AlternatingOrderer(round))
        .WithArtifactsPath(Repository.ArtifactsPath);
}
