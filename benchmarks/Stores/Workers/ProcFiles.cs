using System.Globalization;

namespace GoGoScope.Benchmarks.Stores.Workers;

/// <summary>What Linux says of processes.</summary>
internal static class ProcFiles
{
    // What /proc counts in: the same on all machines that .NET runs on, whatever their kernel's own tick is.
    private const double TicksPerSecond = 100;

    // Of the fields after the name.
    private const int Parent = 1;
    private const int OwnTicks = 11;
    private const int ReapedTicks = 13;

    private const string Established = "01";

    private static readonly string[] TcpTables = ["tcp", "tcp6"];

    /// <summary>The processor time, in seconds, that a process and its children have used, those that have ended included.</summary>
    internal static double ProcessorTime(int process)
    {
        var own = Stat(process) ?? throw new InvalidOperationException($"There is no process {process}.");
        var children = from folder in Directory.EnumerateDirectories("/proc")
                       where int.TryParse(Path.GetFileName(folder), out _)
                       let stat = Stat(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture))
                       where stat is not null && stat[Parent] == $"{process}"
                       select Ticks(stat, OwnTicks);
        return (Ticks(own, OwnTicks) + Ticks(own, ReapedTicks) + children.Sum()) / TicksPerSecond;
    }

    /// <summary>How many TCP connections a process has to <paramref name="port"/>.</summary>
    internal static int Connections(int process, int port)
    {
        var sockets = new HashSet<string>();
        foreach (var file in Directory.EnumerateFiles($"/proc/{process}/fd"))
            if (File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name is { } name && name.StartsWith("socket:[", StringComparison.Ordinal)) sockets.Add(name[8..^1]);
        return TcpTables
            .SelectMany(table => File.ReadLines($"/proc/{process}/net/{table}").Skip(1))
            // number: local remote state queues timer retransmits user timeout inode …
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Count(socket => socket[3] == Established && socket[2].EndsWith($":{port:X4}", StringComparison.Ordinal) && sockets.Contains(socket[9]));
    }

    private static long Ticks(string[] stat, int at) => long.Parse(stat[at], CultureInfo.InvariantCulture) + long.Parse(stat[at + 1], CultureInfo.InvariantCulture);

    private static string[]? Stat(int process)
    {
        try
        {
            // pid (name) state parent …
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
