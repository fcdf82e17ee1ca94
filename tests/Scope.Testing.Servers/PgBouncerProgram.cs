using System.Net;
using System.Net.Sockets;

namespace GoGoScope.Testing;

/// <summary>PgBouncer in transaction mode, with two connections to the PostgreSQL at port <paramref name="target"/> of this machine.</summary>
internal sealed class PgBouncerProgram(int target) : ServerProgram
{
    /// <inheritdoc/>
    public override string Name => "PgBouncer";

    /// <inheritdoc/>
    public override string Variable => "GOGOSCOPE_TEST_PGBOUNCER";

    /// <inheritdoc/>
    public override string Package => "pgbouncer";

    /// <inheritdoc/>
    public override string Connection(int port) => $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres";

    /// <inheritdoc/>
    protected internal override string? FindProgram() => Programs.Find("pgbouncer");

    /// <inheritdoc/>
    protected internal override string? WhyNotAsThisUser() => Programs.WhyNotAsOtherUser();

    /// <inheritdoc/>
    protected internal override Task PrepareAsync(string folder) => Programs.GiveToOtherUserAsync(folder);

    // The port stands in the file alone.
    /// <inheritdoc/>
    protected internal override IReadOnlyList<string> Command(string folder, int port)
    {
        var file = Path.Combine(folder, "pgbouncer.ini");
        File.WriteAllText(file,
            $"""
            [databases]
            * = host=127.0.0.1 port={target} user=postgres
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            default_pool_size = 2
            """);
        return Programs.AsOtherUser(FindProgram()!, file);
    }

    // At once in all versions, unlike TERM and INT.
    /// <inheritdoc/>
    protected internal override string StopSignal => "QUIT";

    /// <inheritdoc/>
    protected internal override async Task<bool> IsReadyAsync(string folder, int port, int processId)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
