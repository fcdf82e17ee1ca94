using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GoGoScope;

/// <summary>The lines of one provider, by key. A key for which no run is queued has none.</summary>
internal sealed class RunLines
{
    private static readonly ConditionalWeakTable<ILockProvider, RunLines> Tables = [];

    private readonly System.Threading.Lock _gate = new();
    private readonly Dictionary<string, RunLine> _lines = new(StringComparer.Ordinal);

    internal static RunLines Of(ILockProvider provider) => Tables.GetValue(provider, static _ => new RunLines());

    /// <summary>How many keys have a line.</summary>
    internal int Count
    {
        get { lock (_gate) return _lines.Count; }
    }

    /// <summary>A run is going to queue for <paramref name="key"/>.</summary>
    internal RunLine Join(string key)
    {
        lock (_gate)
        {
            ref var line = ref CollectionsMarshal.GetValueRefOrAddDefault(_lines, key, out _);
            line ??= new RunLine(new CancellationTokenSource());
            line.Count++;
            return line;
        }
    }

    /// <summary>A run begins, or gives up; false if its line was stopped before.</summary>
    internal bool TryLeave(string key, RunLine line)
    {
        lock (_gate)
        {
            if (line.Failure is not null) return false;
            Debug.Assert(line.Count > 0 && ReferenceEquals(_lines[key], line), "a line that was not stopped stands in the table as long as somebody is in it");
            if (--line.Count == 0) _lines.Remove(key);
            return true;
        }
    }

    /// <summary>Stops whoever is queued for <paramref name="key"/> now. To be called while the key is held, so that none of them can begin.</summary>
    internal Task StopAsync(string key, Exception failure)
    {
        RunLine? line;
        lock (_gate)
        {
            if (!_lines.Remove(key, out line)) return Task.CompletedTask;
            line.MarkStopped(failure);
        }
        return line.TellAsync();
    }
}
