using System.Globalization;

namespace GoGoScope.Testing;

/// <summary>PostgreSQL's initdb and postgres, of the newest version on this machine.</summary>
public sealed class PostgresProgram : ServerProgram
{
    private const string Folder = "data";

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
    protected internal override string? WhyNotAsThisUser() => Programs.WhyNotAsOtherUser();

    /// <inheritdoc/>
    protected internal override async Task PrepareAsync(string folder)
    {
        await Programs.GiveToOtherUserAsync(folder);
        var make = Programs.AsOtherUser(
            InitDb(FindProgram()!), "--pgdata", Path.Combine(folder, Folder), "--username", "postgres",
            "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions");
        await Programs.RunAsync(make[0], [.. make.Skip(1)]);
    }

    // Nothing waits for the disk: what a killed server has written, the system still has.
    /// <inheritdoc/>
    protected internal override IReadOnlyList<string> Command(string folder, int port) => Programs.AsOtherUser(
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
}
