using System.Net;
using System.Net.Sockets;

namespace GoGoScope.Testing;

/// <summary>MariaDB's mariadb-install-db and mariadbd.</summary>
public sealed class MariaDbProgram : ServerProgram
{
    private const string Folder = "data";

    // Little memory, and nothing waits for the disk: what a killed server has written, the system still has.
    private static readonly string[] Settings =
    [
        "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=8M", "--innodb-flush-log-at-trx-commit=2", "--innodb-doublewrite=OFF",
        "--innodb-fast-shutdown=2", "--key-buffer-size=1M", "--aria-pagecache-buffer-size=1M", "--performance-schema=OFF",
    ];

    /// <inheritdoc/>
    public override string Name => "MariaDB";

    /// <inheritdoc/>
    public override string Variable => "GOGOSCOPE_TEST_MYSQL";

    /// <inheritdoc/>
    public override string Package => "mariadb-server";

    /// <inheritdoc/>
    public override string Connection(int port) => $"Server=127.0.0.1;Port={port};User ID=root;Database=test";

    /// <inheritdoc/>
    protected internal override string? FindProgram() => Programs.Find("mariadb-install-db") is null ? null : Programs.Find("mariadbd");

    /// <inheritdoc/>
    protected internal override string? WhyNotAsThisUser() => Programs.WhyNotAsOtherUser();

    /// <inheritdoc/>
    protected internal override async Task PrepareAsync(string folder)
    {
        await Programs.GiveToOtherUserAsync(folder);
        var make = Programs.AsOtherUser([
            Programs.Find("mariadb-install-db")!, "--no-defaults", $"--datadir={Path.Combine(folder, Folder)}", $"--tmpdir={folder}", "--auth-root-authentication-method=normal", "--skip-name-resolve", .. Settings]);
        await Programs.RunAsync(make[0], [.. make.Skip(1)]);
    }

    // Connections that tests cut don't make it refuse the machine. Temporary files are apart: a server that starts deletes what it takes for left by others.
    /// <inheritdoc/>
    protected internal override IReadOnlyList<string> Command(string folder, int port) => Programs.AsOtherUser([
        FindProgram()!, "--no-defaults", $"--datadir={Path.Combine(folder, Folder)}", $"--tmpdir={folder}", $"--port={port}", "--bind-address=127.0.0.1",
        $"--socket={Path.Combine(folder, Folder, "socket")}", $"--pid-file={Path.Combine(folder, Folder, "pid")}",
        "--skip-name-resolve", "--max-connect-errors=1000000", "--max-connections=200", .. Settings]);

    /// <inheritdoc/>
    protected internal override string StopSignal => "TERM";

    /// <inheritdoc/>
    protected internal override async Task<bool> IsReadyAsync(string folder, int port, int processId)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            // A header of four bytes, then the version of the protocol, or 255 before an error.
            var greeting = new byte[5];
            await client.GetStream().ReadExactlyAsync(greeting);
            return greeting[4] == 10;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }
}
