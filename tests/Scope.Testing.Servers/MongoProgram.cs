using System.Net;
using System.Net.Sockets;

namespace GoGoScope.Testing;

/// <summary>mongod, a single server. It is in no package of the common systems, so its tests are skipped where nobody has put it on the PATH.</summary>
public sealed class MongoProgram : ServerProgram
{
    /// <inheritdoc/>
    public override string Name => "MongoDB";

    /// <inheritdoc/>
    public override string Variable => "GOGOSCOPE_TEST_MONGO";

    /// <inheritdoc/>
    public override string Package => "mongodb-org-server, from MongoDB's own repository";

    /// <inheritdoc/>
    public override bool CanBeRequired => false;

    /// <inheritdoc/>
    public override string Connection(int port) => $"mongodb://127.0.0.1:{port}/gogoscope?directConnection=true";

    /// <inheritdoc/>
    protected internal override string? FindProgram() => Programs.Find("mongod");

    /// <inheritdoc/>
    protected internal override IReadOnlyList<string> Command(string folder, int port) => [FindProgram()!, "--port", $"{port}", "--dbpath", folder, "--bind_ip", "127.0.0.1"];

    /// <inheritdoc/>
    protected internal override string StopSignal => "TERM";

    // It listens when it has read its files, and not before.
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
