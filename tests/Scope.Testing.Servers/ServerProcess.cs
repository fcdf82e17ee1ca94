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
    private IReadOnlyList<int> _killed = [];

    internal ServerProcess(Watchdog watchdog, IReadOnlyList<string> command, string log)
    {
        _watchdog = watchdog;
        _process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Held, "server", log, .. command]) { RedirectStandardInput = true, WorkingDirectory = "/" })!;
        watchdog.Watch(_process.Id);
        _process.StandardInput.Write("go\n");
        _process.StandardInput.Close();
    }

    internal int Id => _process.Id;

    internal bool HasExited => _process.HasExited;

    /// <summary>Sends the signal to the process alone.</summary>
    internal Task SignalAsync(string signal) => Signals.SendAsync(signal, _process.Id);

    /// <summary>
    /// Sends the signal to the process and its children: to those it has before, because it loses them when it is killed, and
    /// to those it has afterwards, because only then it has no more of them if it is stopped.
    /// </summary>
    internal async Task SignalAllAsync(string signal)
    {
        var before = Children().ToList();
        await SignalAsync(signal);
        var children = before.Union(Children()).ToList();
        if (children.Count > 0) await Signals.SendAsync(signal, children);
        if (signal == "KILL") _killed = children;
    }

    /// <summary>Stops the process and its children, and returns when nothing of them does anything any more.</summary>
    internal async Task PauseAsync()
    {
        await SignalAllAsync("STOP");
        await Waiting.Until(() => Children().Append(Id).All(Signals.HasStopped), "the server and its children have stopped");
    }

    /// <summary>Returns when it is gone, and so are those that were killed with it: a database does not start beside them.</summary>
    internal async Task ExitedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Waiting.HangLimit);
        _watchdog.WatchNothing();
        await Waiting.Until(() => !_killed.Any(child => Signals.Stat(child) is { State: not "Z" }), "the children of the server are gone");
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

    private IEnumerable<int> Children() =>
        Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
            .Where(id => id != 0 && Signals.Stat(id)?.Parent == $"{_process.Id}");
}
