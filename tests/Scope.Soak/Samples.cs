using System.Globalization;

namespace GoGoScope.Soak;

/// <summary>What is looked at from time to time, whether it grows: the memory of the process that is never killed, and the connections of all.</summary>
internal sealed class Samples(Crew crew, SoakStore store)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private readonly List<Sample> _samples = [];

    internal Sample First => Median(_samples.Take(Part));

    internal Sample Last => Median(_samples.Skip(_samples.Count - Part));

    private int Part => Math.Max(1, _samples.Count / 4);

    internal async Task RunAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            await Task.Delay(Pause, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _samples.Add(new Sample(await crew.Oldest.HeapAsync(), Files(crew.Oldest.Id), store.Server is { } server ? Connections(server.Port) : 0));
        }
    }

    // Whoever is stopped answers late, and a server that starts has none: one of many samples.
    private static Sample Median(IEnumerable<Sample> samples)
    {
        var all = samples.ToList();
        return new(Median(all, static sample => sample.Heap), (int)Median(all, static sample => sample.Files), (int)Median(all, static sample => sample.Connections));
    }

    private static long Median(List<Sample> samples, Func<Sample, long> figure) => samples.Select(figure).Order().ElementAtOrDefault(samples.Count / 2);

    private static int Files(int process) => Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count();

    /// <summary>The connections that the server has, as the system sees them.</summary>
    private static int Connections(int port)
    {
        const string Established = "01";
        var local = port.ToString("X4", CultureInfo.InvariantCulture);
        return File.ReadLines("/proc/net/tcp").Concat(File.ReadLines("/proc/net/tcp6"))
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Count(words => words[1].EndsWith($":{local}", StringComparison.Ordinal) && words[3] == Established);
    }
}

/// <summary>Bytes of .NET's memory and open files of one process, and connections to the server.</summary>
internal sealed record Sample(long Heap, int Files, int Connections);
