namespace GoGoScope.Testing.Tests.Servers;

/// <summary>A server that listens to nobody: a shell and a child of it, which only wait.</summary>
internal sealed class ShellServer : ServerProgram
{
    /// <summary>Holds the numbers of both processes.</summary>
    internal const string ProcessesFile = "processes";

    public override string Name => "shell";

    public override string Variable => "GOGOSCOPE_TEST_SHELL";

    public override string Package => "dash";

    public override string Connection(int port) => $"{port}";

    protected internal override string? FindProgram() => "/bin/sh";

    // What it writes is there in one piece.
    protected internal override IReadOnlyList<string> Command(string folder, int port) =>
        ["/bin/sh", "-c", """sleep 600 & echo "$$ $!" >"$0.new"; mv "$0.new" "$0"; wait""", Path.Combine(folder, ProcessesFile)];

    protected internal override string StopSignal => "TERM";

    protected internal override Task<bool> IsReadyAsync(string folder, int port, int processId) => Task.FromResult(File.Exists(Path.Combine(folder, ProcessesFile)));
}
