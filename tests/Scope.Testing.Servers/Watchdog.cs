using System.Diagnostics;

namespace GoGoScope.Testing;

/// <summary>
/// Kills a server and deletes its folder when the tests end, however they end: it is a shell that reads from a pipe whose
/// other end only this process has, and that is closed by the system when this process dies.
/// </summary>
/// <remarks>
/// The signal that Linux sends to the children of a process that dies (PR_SET_PDEATHSIG) would not do: it is sent when
/// the <em>thread</em> ends that started the child, and here that is one of the pool.
/// </remarks>
internal sealed class Watchdog : IAsyncDisposable
{
    // Reads the id of the process to kill, or "none", whenever it changes. What has been stopped is killed, too, and so are
    // its children, which would never notice. Ctrl-C reaches this shell as well: it ends the reading.
    private const string Script =
        """
        trap : INT TERM HUP
        server=none
        while read -r line; do server=$line; done
        if [ "$server" != none ]; then
            children=
            for stat in /proc/[0-9]*/stat; do
                { read -r pid name state parent rest <"$stat"; } 2>/dev/null || continue
                [ "$parent" = "$server" ] && children="$children $pid"
            done
            kill -KILL "$server" $children 2>/dev/null
        fi
        # A server that is just dying may still write.
        rm -rf "$1" 2>/dev/null || { sleep 1; rm -rf "$1"; }
        """;

    private readonly Process _shell;

    internal Watchdog(string folder)
    {
        _shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, "watchdog", folder]) { RedirectStandardInput = true, WorkingDirectory = "/" })!;
        _shell.StandardInput.AutoFlush = true;
    }

    internal void Watch(int processId) => _shell.StandardInput.Write($"{processId}\n");

    internal void WatchNothing() => _shell.StandardInput.Write("none\n");

    /// <summary>Kills and deletes now.</summary>
    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }
}
