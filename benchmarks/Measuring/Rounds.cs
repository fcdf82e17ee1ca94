using System.Diagnostics;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using GoGoScope.Benchmarks.Workloads;
using GoGoScope.Benchmarks.Workloads.Keys;

namespace GoGoScope.Benchmarks.Measuring;

/// <summary>Runs all benchmarks again and again, each round as one run of BenchmarkDotNet.</summary>
internal sealed class Rounds(Plan plan, TextWriter progress)
{
    private readonly Measurements _measurements = new();

    /// <exception cref="MeasuringFailedException">A benchmark failed; one whose exclusion was violated does.</exception>
    internal Measurements Run()
    {
        var clock = Stopwatch.StartNew();
        for (var round = 0; round <= plan.Rounds; round++)
        {
            progress.WriteLine(round == 0 ? "Warming up …" : $"Round {round} of {plan.Rounds}, {clock.Elapsed:m\\:ss} so far …");
            var summaries = BenchmarkRunner.Run([.. AllWorkloads.Types], RoundConfig.Of(plan, round));
            foreach (var summary in summaries) Take(summary, counts: round > 0);
            if (round > 0) TakeKeptMemory();
        }
        progress.WriteLine($"Done in {clock.Elapsed:m\\:ss}.");
        return _measurements;
    }

    private void Take(Summary summary, bool counts)
    {
        foreach (var error in summary.ValidationErrors.Where(error => error.IsCritical)) throw new MeasuringFailedException(error.Message);
        foreach (var report in summary.Reports)
        {
            var method = report.BenchmarkCase.Descriptor;
            if (!report.Success || report.ResultStatistics is null)
                throw new MeasuringFailedException($"{method.Type.Name}.{method.WorkloadMethod.Name} failed; {summary.LogFilePath} says why.");
            if (counts) _measurements.Add(method.Type, Enum.Parse<Variant>(method.WorkloadMethod.Name), Sample(report));
        }
    }

    // Both stand in the column of times: their ratio is what counts.
    private void TakeKeptMemory()
    {
        _measurements.Add(typeof(KeptMemory), Variant.Baseline, new Sample(KeptMemory.OfSemaphores(), 0));
        _measurements.Add(typeof(KeptMemory), Variant.WithGoGoScope, new Sample(KeptMemory.OfGoGoScope(), 0));
    }

    private static Sample Sample(BenchmarkReport report) =>
        new(report.ResultStatistics!.Median, report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0);
}
