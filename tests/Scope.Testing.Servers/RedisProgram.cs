using System.Net;
using System.Net.Sockets;

namespace GoGoScope.Testing;

/// <summary>redis-server.</summary>
public sealed class RedisProgram : ServerProgram
{
    /// <inheritdoc/>
    public override string Name => "Redis";

    /// <inheritdoc/>
    public override string Variable => "GOGOSCOPE_TEST_REDIS";

    /// <inheritdoc/>
    public override string Package => "redis-server";

    /// <inheritdoc/>
    public override string Connection(int port) => $"127.0.0.1:{port}";

    /// <inheritdoc/>
    protected internal override string? FindProgram() => Programs.Find("redis-server");

    // Every write is on disk before it is answered, so that a server that is killed comes back with it.
    /// <inheritdoc/>
    protected internal override IReadOnlyList<string> Command(string folder, int port) =>
    [
        FindProgram()!, "--port", $"{port}", "--bind", "127.0.0.1", "--dir", folder, "--daemonize", "no",
        "--save", "", "--appendonly", "yes", "--appendfsync", "always",
    ];

    /// <inheritdoc/>
    protected internal override string StopSignal => "TERM";

    /// <inheritdoc/>
    protected internal override async Task<bool> IsReadyAsync(string folder, int port, int processId)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            var stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray());
            var answer = new byte[5];
            await stream.ReadExactlyAsync(answer);
            // While it loads its files it answers -LOADING.
            return answer.AsSpan().SequenceEqual("+PONG"u8);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }
}
