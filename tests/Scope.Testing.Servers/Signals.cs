using System.Diagnostics;

namespace GoGoScope.Testing;

/// <summary>Signals to processes that the tests have started.</summary>
internal static class Signals
{
    private static readonly (string Name, int Number)[] Ending = [("HUP", 1), ("INT", 2), ("QUIT", 3), ("USR1", 10), ("USR2", 12), ("TERM", 15)];

    /// <summary>
    /// Begins a command that hears the signals that end programs even where they are ignored here, as Ctrl+C is in a background job of some shells and HUP below
    /// nohup, and would be by a child.
    /// </summary>
    internal static string[] Hearing => Ignored is { Length: > 0 } ignored ? ["env", $"--default-signal={string.Join(',', ignored)}"] : [];

    private static string[] Ignored
    {
        get
        {
            if (!OperatingSystem.IsLinux()) return [];
            var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
            var mask = Convert.ToUInt64(line["SigIgn:".Length..].Trim(), 16);
            return [.. Ending.Where(signal => (mask & 1UL << (signal.Number - 1)) != 0).Select(signal => signal.Name)];
        }
    }

    /// <summary>Sends the signal, such as "KILL", to each. One may have ended by itself in the meantime.</summary>
    internal static async Task SendAsync(string signal, params IEnumerable<int> processes)
    {
        using var kill = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", """s=$1; shift; kill -"$s" "$@" 2>/dev/null""", "kill", signal, .. processes.Select(id => $"{id}")]))!;
        await kill.WaitForExitAsync();
    }

    /// <summary>What the system says of a process: its state, such as "S" or, while it is stopped, "T", and its parent. Null if there is none.</summary>
    internal static (string State, string Parent)? Stat(int id) => ReadStat($"/proc/{id}/stat");

    /// <summary>Whether no thread of the process does anything until it is continued: each stops on its own, some after others on a busy machine.</summary>
    internal static bool HasStopped(int id)
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{id}/task").All(thread => ReadStat(Path.Combine(thread, "stat")) is null or { State: "T" or "Z" or "X" });
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
    }

    private static (string State, string Parent)? ReadStat(string file)
    {
        try
        {
            // pid (name) state parent …
            var stat = File.ReadAllText(file);
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ') is [var state, var parent, ..] ? (state, parent) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
