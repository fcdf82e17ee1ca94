using System.Globalization;

namespace GoGoScope.Tests.Leases.Histories;

/// <summary>What happened in one history, a line each, with the true time.</summary>
internal sealed class HistoryLog(World world)
{
    private readonly List<string> _lines = [];
    private readonly DateTimeOffset _start = world.Time.GetUtcNow();

    internal IReadOnlyList<string> Lines => _lines;

    internal void Say(string line)
    {
        var at = (world.Time.GetUtcNow() - _start).TotalSeconds;
        _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{at,9:0.0000}  {Rename(line)}"));
    }

    /// <summary>A process is called what the history calls it, not by the random name that it has in the store.</summary>
    private string Rename(string line)
    {
        foreach (var process in world.Processes) line = line.Replace(process.Provider.Process, process.Name, StringComparison.Ordinal);
        return line;
    }
}
