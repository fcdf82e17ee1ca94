using System.Diagnostics;
using System.Globalization;

namespace GoGoScope.Soak;

/// <summary>One run: processes, what goes wrong with them, and what is found afterwards.</summary>
internal sealed class SoakRun(SoakOptions options)
{
    private const int TasksOfProcess = 4;
    private const int ShownOfEachKind = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The exit code: 0 if nothing was found.</summary>
    internal async Task<int> RunAsync(Action<string> tell)
    {
        var folder = Directory.CreateTempSubdirectory("gogoscope-soak-");
        await using var store = await SoakStore.StartAsync(options.Store);
        var settings = new WorkerSettings { Store = options.WithoutLocks ? "memory" : store.Name, Connection = options.WithoutLocks ? "" : store.Connection, Liveness = TimeSpan.FromSeconds(2) };
        await using var crew = new Crew(settings, folder.FullName, options.Seed);
        try
        {
            await crew.StartAsync(options.Processes);
            var disturbances = new Disturbances(crew, store, new Random(options.Seed), tell);
            var samples = new Samples(crew, store);
            using (var end = new CancellationTokenSource(options.Duration)) await Task.WhenAll(disturbances.RunAsync(end.Token), samples.RunAsync(end.Token));
            var violations = new List<string>();
            await RestAsync(crew, violations);
            var records = Records.Read(folder.FullName);
            foreach (var key in records.Claims.GroupBy(static claim => claim.Key)) violations.AddRange(ClaimCheck.Violations(key));
            violations.AddRange(records.Lost(folder.FullName, disturbances.Kills * TasksOfProcess));
            violations.AddRange(Growth(samples));
            if (records.Claims.Count == 0) violations.Add("Nobody ever held anything.");
            Report(records, disturbances, samples, violations, tell);
            return violations.Count == 0 ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task RestAsync(Crew crew, List<string> violations)
    {
        try
        {
            await crew.RestAsync(Patience);
        }
        catch (TimeoutException)
        {
            violations.Add($"Somebody is stuck: not all have let go within {Patience.TotalSeconds:0} s.");
        }
    }

    // A quarter, and what a process may need at one time and not at another.
    private static IEnumerable<string> Growth(Samples samples)
    {
        const long Heap = 4_000_000;
        const int Few = 8;
        var (first, last) = (samples.First, samples.Last);
        if (last.Heap > first.Heap * 5 / 4 + Heap) yield return $"Memory grows: {first.Heap}, and later {last.Heap} bytes.";
        if (last.Files > first.Files * 5 / 4 + Few) yield return $"Open files grow: {first.Files}, and later {last.Files}.";
        if (last.Connections > first.Connections * 5 / 4 + Few) yield return $"Connections grow: {first.Connections}, and later {last.Connections}.";
    }

    private void Report(Records records, Disturbances disturbances, Samples samples, List<string> violations, Action<string> tell)
    {
        var gap = records.Claims.GroupBy(static claim => claim.Key).Select(ClaimCheck.LongestGap).DefaultIfEmpty().Max();
        tell("");
        tell("| Store | Minutes | Killed | Stopped | Server restarted | Held | Not to the end | Failed | Longest pause of a key | Memory, MB | Files | Connections | Violations |");
        tell("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- | --- | ---: |");
        tell(string.Create(
            CultureInfo.InvariantCulture,
            $"| {options.Store} | {options.Duration.TotalMinutes:0.#} | {disturbances.Kills} | {disturbances.Stops} | {disturbances.Restarts} | {records.Claims.Count:N0} | {records.Unsure} | {records.Failed} | {(double)gap / Stopwatch.Frequency:0.0} s | {samples.First.Heap / 1e6:0.0}, {samples.Last.Heap / 1e6:0.0} | {samples.First.Files}, {samples.Last.Files} | {samples.First.Connections}, {samples.Last.Connections} | {violations.Count} |"));
        foreach (var violation in violations.GroupBy(static violation => violation.Split(':')[0]).SelectMany(static kind => kind.Take(ShownOfEachKind))) tell(violation);
    }
}
