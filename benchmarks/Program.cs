using BenchmarkDotNet.Running;
using GoGoScope.Benchmarks;
using GoGoScope.Benchmarks.Measuring;
using GoGoScope.Benchmarks.Table;
using GoGoScope.Benchmarks.Workloads;

var settings = Settings.Parse(args);
if (settings.ShowsHelp)
{
    Console.WriteLine(Settings.Usage);
    return 0;
}
if (settings.Unknown is { } unknown)
{
    Console.Error.WriteLine($"Unknown option \"{unknown}\".\n\n{Settings.Usage}");
    return 2;
}
if (settings.IsForBenchmarkDotNet)
{
    var summaries = BenchmarkSwitcher.FromTypes([.. AllWorkloads.Types]).Run(args, SingleRunConfig.Instance);
    return summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;
}

try
{
    var measurements = new Rounds(settings.Plan, Console.Error).Run();
    var measured = $"{Conditions.Of(settings.Plan)}\n\n{new MarkdownTable(measurements).Write()}";
    Console.WriteLine();
    Console.Write(measured);
    if (settings.Writes) PerformancePage.Write(measured);
    return 0;
}
catch (MeasuringFailedException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
