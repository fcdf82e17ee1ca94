using System.Globalization;

namespace GoGoScope.Testing;

/// <summary>PostgreSQL's initdb and postgres, of the newest version on this machine.</summary>
public sealed class PostgresProgram : ServerProgram
{
    private const string Folder = "data";

    /// <summary>It refuses to run as root, so root runs it as somebody else.</summary>
    private static readonly string? OtherUser = Programs.FirstUser("postgres", "nobody");

    /// <inheritdoc/>
    public override string Name => "PostgreSQL";

    /// <inheritdoc/>
    public override string Variable => "GOGOSCOPE_TEST_POSTGRES";

    /// <inheritdoc/>
    public override string Package => "postgresql";

    /// <inheritdoc/>
    public override string Connection(int port) => $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres";

    // Debian keeps the programs of a server out of the PATH, beside those of other versions.
    /// <inheritdoc/>
    protected internal override string? FindProgram() =>
        new[] { Programs.Find("postgres") }
            .Concat(Programs.Under("/usr/lib/postgresql", "bin/postgres").OrderByDescending(path => int.TryParse(path.Split('/')[4], CultureInfo.InvariantCulture, out var version) ? version : 0))
            .FirstOrDefault(path => path is not null && File.Exists(InitDb(path)));

    /// <inheritdoc/>
    protected internal override string? WhyNotAsThisUser()
    {
        if (!Environment.IsPrivilegedProcess) return null;
        if (OtherUser is null) return "it does not run as root, and there is no user postgres or nobody";
        return Programs.Find("setpriv") is null ? "it does not run as root, and there is no setpriv (package util-linux)" : null;
    }

    /// <inheritdoc/>
    protected internal override async Task PrepareAsync(string folder)
    {
        if (Environment.IsPrivilegedProcess) await Programs.RunAsync("chown", OtherUser!, folder);
        var make = AsOtherUser(
            InitDb(FindProgram()!), "--pgdata", Path.Combine(folder, Folder), "--username", "postgres",
            "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions");
        await Programs.RunAsync(make[0], [.. make.Skip(1)]);
    }

    // Nothing waits for the disk: what a killed server has written, the system still has.
    /// <inheritdoc/>
    protected internal override IReadOnlyList<string> Command(string folder, int port) => AsOtherUser(
        FindProgram()!, "-D", Path.Combine(folder, Folder), "-p", $"{port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
        "-c", "fsync=off", "-c", "max_connections=100");

    // A "fast" shutdown.
    /// <inheritdoc/>
    protected internal override string StopSignal => "INT";

    // What pg_ctl looks at: the first line is the process, the last one its state. One that was killed leaves it behind.
    /// <inheritdoc/>
    protected internal override async Task<bool> IsReadyAsync(string folder, int port, int processId)
    {
        var file = Path.Combine(folder, Folder, "postmaster.pid");
        try
        {
            return await File.ReadAllLinesAsync(file) is { Length: > 7 } lines && lines[0].Trim() == $"{processId}" && lines[7].Trim() == "ready";
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string InitDb(string postgres) => Path.Combine(Path.GetDirectoryName(postgres)!, "initdb");

    private static string[] AsOtherUser(params string[] command) => Environment.IsPrivilegedProcess
        ? [Programs.Find("setpriv")!, "--reuid", OtherUser!, "--regid", Programs.GroupOf(OtherUser!), "--clear-groups", "--", .. command]
        : command;
}
