namespace GoGoScope.Soak;

/// <summary>What the processes have written down.</summary>
internal sealed class Records
{
    private readonly Dictionary<string, long> _counted = [];

    private Records()
    {
    }

    internal List<Claim> Claims { get; } = [];

    /// <summary>How often a process could not be certain to have held something to the end: its lease was over.</summary>
    internal int Unsure { get; private set; }

    /// <summary>How often nothing was granted, since the store was away or the lease was lost.</summary>
    internal int Failed { get; private set; }

    internal static Records Read(string folder)
    {
        var records = new Records();
        foreach (var log in Directory.EnumerateFiles(folder, "*.log").Order()) records.Add(log);
        return records;
    }

    /// <summary>Counts that the fenced counters have lost; those of killed processes need not have been written down.</summary>
    internal IEnumerable<string> Lost(string folder, int killedTasks)
    {
        foreach (var (key, counted) in _counted)
        {
            var text = File.ReadAllText(Path.Combine(folder, key));
            var count = long.Parse(text.AsSpan(text.Length / 2), System.Globalization.CultureInfo.InvariantCulture);
            if (count < counted || count > counted + killedTasks) yield return $"The counter of {key} is at {count}, and {counted} counts were accepted.";
        }
    }

    private void Add(string log)
    {
        var process = Path.GetFileNameWithoutExtension(log);
        foreach (var line in File.ReadLines(log))
        {
            // The last line of a process that was killed may be a part of one.
            if (line.Split(' ') is not [.. var words, "."]) continue;
            switch (words[0])
            {
                case "held": Claims.Add(Claim.Parse(words, process)); break;
                case "counted": _counted[words[1]] = _counted.GetValueOrDefault(words[1]) + 1; break;
                case "unsure": Unsure++; break;
                case "failed": Failed++; break;
            }
        }
    }
}
