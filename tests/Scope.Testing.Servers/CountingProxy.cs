using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace GoGoScope.Testing;

/// <summary>
/// Stands between a client and a server, counts what goes over the wire, and cuts it. For one client that does one thing at a
/// time: a round trip is what the client sends until the server answers.
/// </summary>
public sealed class CountingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, TcpClient> _open = new();
    private readonly CancellationTokenSource _end = new();
    private readonly int _target;
    private readonly Task _accepting;
    private int _roundTrips;
    private int _connections;

    /// <summary>Listens on a free <see cref="Port"/> of 127.0.0.1 and passes on to port <paramref name="target"/> there.</summary>
    public CountingProxy(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect.</summary>
    public int Port { get; }

    /// <summary>How often a client has sent something after the server had spoken, over all connections.</summary>
    public int RoundTrips => Volatile.Read(ref _roundTrips);

    /// <summary>How many connections were made.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Cuts all connections, as a network does that fails: neither side is told why.</summary>
    public void CutAll()
    {
        foreach (var (client, server) in _open)
        {
            Reset(client);
            Reset(server);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        CutAll();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                passing.Add(PassAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // the end
        }
        await Task.WhenAll(passing);
    }

    private async Task PassAsync(TcpClient client)
    {
        Interlocked.Increment(ref _connections);
        var server = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        _open[client] = server;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target, _end.Token);
            // At first the server has said nothing, and what the client sends is a round trip.
            var serverSpoke = 1;
            var up = CopyAsync(client, server, () =>
            {
                if (Interlocked.Exchange(ref serverSpoke, 0) == 1) Interlocked.Increment(ref _roundTrips);
            });
            var down = CopyAsync(server, client, () => Volatile.Write(ref serverSpoke, 1));
            await Task.WhenAny(up, down);
            Reset(client);
            Reset(server);
            await Task.WhenAll(up, down);
        }
        catch (Exception e) when (IsCut(e))
        {
            Reset(client);
            Reset(server);
        }
        finally
        {
            _open.TryRemove(client, out _);
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, Action onData)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var read = await from.GetStream().ReadAsync(buffer, _end.Token);
                if (read == 0) return;
                onData();
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _end.Token);
            }
        }
        catch (Exception e) when (IsCut(e))
        {
            // the end
        }
    }

    private static void Reset(TcpClient side)
    {
        try
        {
            side.Client?.Close(0);
        }
        catch (Exception e) when (IsCut(e))
        {
            // closed already
        }
    }

    private static bool IsCut(Exception e) => e is IOException or SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException;
}
