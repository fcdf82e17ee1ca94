using BenchmarkDotNet.Running;
using GoGoScope.Benchmarks;
using GoGoScope.Benchmarks.Charts;
using GoGoScope.Benchmarks.Checks;
using GoGoScope.Benchmarks.Measuring;
using GoGoScope.Benchmarks.Stores;
using GoGoScope.Benchmarks.Stores.Workers;
using GoGoScope.Benchmarks.Table;
using GoGoScope.Benchmarks.Workloads;

if (args is [Worker.Option, var store, var connection]) return await Worker.RunAsync(store, connection);
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
    if (settings.IsForCharts)
    {
        AllCharts.Draw();
        return 0;
    }
    ReleaseBuild.Demand();
    var (page, measured) = settings.IsForStores ? (PerformancePage.Stores, await MeasureStoresAsync()) : (PerformancePage.InMemory, MeasureInMemory());
    Console.WriteLine();
    Console.Write(measured);
    if (settings.Writes)
    {
        page.Write(measured);
        AllCharts.Draw();
    }
    return 0;
}
catch (Exception e) when (e is MeasuringFailedException or ExclusionViolatedException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

string MeasureInMemory() =>
    $"{Conditions.Of(settings.Plan)}\n\n{new MarkdownTable(new Rounds(settings.Plan, Console.Error).Run()).Write()}";

async Task<string> MeasureStoresAsync() =>
    $"{Conditions.Of(settings.StorePlan)}\n\n{new StoreTable(await new StoreRounds(settings.StorePlan, Console.Error).RunAsync()).Write()}";
