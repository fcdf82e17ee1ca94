using System.Diagnostics;

namespace GoGoScope.Testing;

/// <summary>A process that runs a server, and its signals.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    // The shell waits for a word, becomes the command then, and nothing if there is none: the watchdog knows the process
    // before it does anything.
    private const string Held = """log=$1; shift; read -r go && exec "$@" </dev/null >>"$log" 2>&1""";

    private readonly Process _process;
    private readonly Watchdog _watchdog;

    internal ServerProcess(Watchdog watchdog, IReadOnlyList<string> command, string log)
    {
        _watchdog = watchdog;
        _process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Held, "server", log, .. command]) { RedirectStandardInput = true, WorkingDirectory = "/" })!;
        watchdog.Watch(_process.Id);
        _process.StandardInput.Write("go\n");
        _process.StandardInput.Close();
    }

    internal bool HasExited => _process.HasExited;

    /// <summary>Sends the signal to the process alone.</summary>
    internal Task SignalAsync(string signal) => KillAsync(signal, [_process.Id]);

    /// <summary>
    /// Sends the signal to the process and its children: to those it has before, because it loses them when it is killed, and
    /// to those it has afterwards, because only then it has no more of them if it is stopped.
    /// </summary>
    internal async Task SignalAllAsync(string signal)
    {
        var before = Children().ToList();
        await SignalAsync(signal);
        var children = before.Union(Children()).ToList();
        if (children.Count > 0) await KillAsync(signal, children);
    }

    internal async Task ExitedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Waiting.HangLimit);
        _watchdog.WatchNothing();
    }

    public async ValueTask DisposeAsync()
    {
        if (!HasExited)
        {
            await SignalAllAsync("KILL");
            await ExitedAsync();
        }
        _process.Dispose();
    }

    // A child may have ended by itself in the meantime.
    private static async Task KillAsync(string signal, IEnumerable<int> processes)
    {
        using var kill = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", """s=$1; shift; kill -"$s" "$@" 2>/dev/null""", "kill", signal, .. processes.Select(id => $"{id}")]))!;
        await kill.WaitForExitAsync();
    }

    private IEnumerable<int> Children()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var id)) continue;
            string stat;
            try
            {
                stat = File.ReadAllText(Path.Combine(folder, "stat"));
            }
            catch (IOException)
            {
                continue;
            }
            // pid (name) state parent …
            if (stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == $"{_process.Id}") yield return id;
        }
    }
}
