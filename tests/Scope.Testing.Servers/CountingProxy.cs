using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace GoGoScope.Testing;

/// <summary>
/// Stands between a client and a server, counts what goes over the wire, loses it, holds it back, and cuts it. The counts are for
/// one client that does one thing at a time: a round trip is what the client sends until the server answers.
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
    private int _lostReplies;
    private volatile TaskCompletionSource? _holding;

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

    /// <summary>Which of the things that a client sends are counted: all by default. What a driver asks for itself, now and then, need not be.</summary>
    public Func<ReadOnlyMemory<byte>, bool> Counts { get; set; } = static _ => true;

    /// <summary>May change what a client sends before it is passed on; null by default.</summary>
    public Action<Memory<byte>>? Changes { get; set; }

    /// <summary>How many connections were made.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Whether what the server answers is thrown away.</summary>
    public bool LosesReplies { get; set; }

    /// <summary>How often something was thrown away.</summary>
    public int LostReplies => Volatile.Read(ref _lostReplies);

    /// <summary>Whether new connections are cut at once.</summary>
    public bool RefusesConnections { get; set; }

    /// <summary>Holds back what clients send, until <see cref="PassRequests"/>.</summary>
    public void HoldRequests() => _holding = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets pass what was held back, and what comes.</summary>
    public void PassRequests()
    {
        var held = _holding;
        _holding = null;
        held?.SetResult();
    }

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
        PassRequests();
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
                if (RefusesConnections) Reset(client);
                else passing.Add(PassAsync(client));
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
            var up = CopyAsync(client, server, async sent =>
            {
                if (Interlocked.Exchange(ref serverSpoke, 0) == 1 && Counts(sent)) Interlocked.Increment(ref _roundTrips);
                Changes?.Invoke(sent);
                if (_holding is { } holding) await holding.Task;
                return true;
            });
            var down = CopyAsync(server, client, _ =>
            {
                Volatile.Write(ref serverSpoke, 1);
                if (LosesReplies) Interlocked.Increment(ref _lostReplies);
                return ValueTask.FromResult(!LosesReplies);
            });
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

    private async Task CopyAsync(TcpClient from, TcpClient to, Func<Memory<byte>, ValueTask<bool>> passesOn)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var read = await from.GetStream().ReadAsync(buffer, _end.Token);
                if (read == 0) return;
                if (!await passesOn(buffer.AsMemory(0, read))) continue;
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
