using System.Net.Sockets;
using System.Security.Cryptography;

namespace GoGoScope;

/// <summary>Listens at a socket in the directory of locks, for one process, and tells its watcher.</summary>
internal sealed class FileWatch : IAsyncDisposable
{
    private const int Backlog = 512;

    /// <summary>
    /// For whoever has connected and then says nothing: it was stopped in between, or its machine is busy. Others are not heard meanwhile. What it
    /// would have said is not needed: its swap is made, and who looks sees it.
    /// </summary>
    internal static readonly TimeSpan ShortPatience = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(100);

    /// <summary>How often it looks whether its socket is still there, which somebody may have deleted, and whether it has missed something.</summary>
    private static readonly TimeSpan BetweenChecks = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly FileSharing _sharing;
    private readonly IStoreWatcher _watcher;
    private readonly TimeSpan _patience;
    private readonly CancellationTokenSource _end = new();
    private readonly byte[] _news = new byte[FileNews.Longest + 1];
    private Socket _socket;
    private Task _running = Task.CompletedTask;
    private int _disposed;

    private FileWatch(string path, FileSharing sharing, IStoreWatcher watcher, TimeSpan patience)
    {
        _path = path;
        _sharing = sharing;
        _watcher = watcher;
        _patience = patience;
        _socket = Listen();
    }

    /// <summary>Listens in <paramref name="inbox"/>; null if a socket can't be had there, so that who waits has to look.</summary>
    internal static FileWatch? Start(string inbox, FileSharing sharing, IStoreWatcher watcher, TimeSpan patience)
    {
        var path = Path.Combine(inbox, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)));
        if (OperatingSystem.IsWindows() || !Socket.OSSupportsUnixDomainSockets || !FileNews.IsShortEnough(path)) return null;
        try
        {
            var watch = new FileWatch(path, sharing, watcher, patience);
            watch._running = Task.WhenAll(watch.HearAsync(), watch.CheckAsync());
            return watch;
        }
        catch (SocketException e) when (!IsOfTheMoment(e.SocketErrorCode))
        {
            // The file system has none, vfat for instance, or somebody does not let this process have any.
            Delete(path);
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        await _end.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _socket.Dispose();
        Delete(_path);
    }

    /// <summary>Whether it may be otherwise at the next try: the process has too many files open, or somebody has just deleted the directory, or has a socket of that name.</summary>
    private static bool IsOfTheMoment(SocketError error) =>
        error is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.AddressNotAvailable or SocketError.AddressAlreadyInUse;

    private Socket Listen()
    {
        _sharing.MakeDirectory(Path.GetDirectoryName(_path)!);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(_path));
            // Who may not write it may not connect.
            _sharing.ShareSocket(_path);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task HearAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                using var connection = await Volatile.Read(ref _socket).AcceptAsync(_end.Token).ConfigureAwait(false);
                await HearAsync(connection).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Who told it has died, or the socket is being made again, or there are no more connections to be had just now.
                _watcher.Missed();
                await Task.Delay(AfterFailure, TimeProvider.System, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task HearAsync(Socket connection)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        patience.CancelAfter(_patience);
        var length = 0;
        try
        {
            while (length < _news.Length)
            {
                var received = await connection.ReceiveAsync(_news.AsMemory(length), patience.Token).ConfigureAwait(false);
                if (received == 0) break;
                length += received;
            }
        }
        catch (OperationCanceledException) when (!_end.IsCancellationRequested)
        {
            // What has come so far is not all.
        }
        if (Decode(_news.AsSpan(0, length)) is { } news) _watcher.Woken(news.Key, news.Record);
        else _watcher.Missed();
    }

    private static (string Key, StoredRecord? Record)? Decode(ReadOnlySpan<byte> news)
    {
        try
        {
            return FileNews.Decode(news);
        }
        catch (ArgumentException)
        {
            // Somebody else's.
            return null;
        }
    }

    private async Task CheckAsync()
    {
        using var timer = new PeriodicTimer(BetweenChecks, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false)) Check();
        }
        catch (OperationCanceledException)
        {
            // It ends.
        }
    }

    private void Check()
    {
        try
        {
            if (!File.Exists(_path))
            {
                // In this order: a socket that is closed takes the file of its name with it.
                _socket.Dispose();
                Volatile.Write(ref _socket, Listen());
                _watcher.Missed();
            }
            var missed = FileNews.MissedMark(_path);
            if (!File.Exists(missed)) return;
            File.Delete(missed);
            _watcher.Missed();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException)
        {
            // It can't listen: whoever waits looks, and the next check tries again.
            _watcher.Missed();
        }
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
            File.Delete(FileNews.MissedMark(path));
            Directory.Delete(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another one listens for the same process, or somebody has deleted the directory already, or it is not this user's.
        }
    }
}
