using GoGoScope.Stress;

StressOptions options;
try
{
    options = StressOptions.Parse(args);
}
catch (FormatException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}

var run = new StressRun(options);
await run.RunAsync(Console.WriteLine);
var permits = new PermitRun(options);
await permits.RunAsync(Console.WriteLine);
foreach (var violation in run.Violations.First.Concat(permits.Violations.First)) Console.Error.WriteLine(violation);
return run.Violations.Count + permits.Violations.Count == 0 ? 0 : 1;
