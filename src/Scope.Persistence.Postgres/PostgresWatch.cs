using System.Globalization;
using Npgsql;

namespace GoGoScope.Persistence.Postgres;

/// <summary>
/// One connection that listens: tells a watcher what comes in on its process's channel. When it breaks, another one is made,
/// sooner at first and later if that fails again.
/// </summary>
internal sealed class PostgresWatch : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // A connection whose other end is gone without a word looks as one on which nothing happens.
    private static readonly TimeSpan SilenceBeforeProbe = TimeSpan.FromSeconds(15);

    private readonly NpgsqlDataSource _dataSource;
    private readonly string _channel;
    private readonly IStoreWatcher _watcher;
    private readonly Func<byte[], CancellationToken, Task<(string? Key, StoredRecord Record)>> _lookUp;
    private readonly CancellationTokenSource _end = new();
    private Task _listening = Task.CompletedTask;
    private int _disposed;

    private PostgresWatch(
        NpgsqlDataSource dataSource, string channel, IStoreWatcher watcher, Func<byte[], CancellationToken, Task<(string? Key, StoredRecord Record)>> lookUp)
    {
        (_dataSource, _channel, _watcher, _lookUp) = (dataSource, channel, watcher, lookUp);
    }

    /// <summary>Returns when it listens.</summary>
    /// <param name="dataSource">Where the connection comes from.</param>
    /// <param name="channel">The channel of the process.</param>
    /// <param name="watcher">Who is told.</param>
    /// <param name="lookUp">Reads a record by its hash, for news that was too long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal static async Task<PostgresWatch> StartAsync(
        NpgsqlDataSource dataSource, string channel, IStoreWatcher watcher, Func<byte[], CancellationToken, Task<(string? Key, StoredRecord Record)>> lookUp,
        CancellationToken cancellationToken)
    {
        var watch = new PostgresWatch(dataSource, channel, watcher, lookUp);
        var connection = await watch.ConnectAsync(cancellationToken).ConfigureAwait(false);
        // Not under the caller's transaction, or whatever else it has around it.
        using (ExecutionContext.SuppressFlow()) watch._listening = Task.Run(() => watch.ListenAsync(connection), CancellationToken.None);
        return watch;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) await _end.CancelAsync().ConfigureAwait(false);
        await _listening.ConfigureAwait(false);
    }

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = _dataSource.CreateConnection();
        try
        {
            await Sessions.OpenAsync(connection, cancellationToken).ConfigureAwait(false);
            connection.Notification += OnNotification;
            await ExecuteAsync(connection, $"LISTEN {_channel}", cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await CloseAsync(connection).ConfigureAwait(false);
            throw;
        }
    }

    private async Task ListenAsync(NpgsqlConnection? connection)
    {
        var pause = FirstPause;
        while (!_end.IsCancellationRequested)
        {
            try
            {
                if (connection is null)
                {
                    connection = await ConnectAsync(_end.Token).ConfigureAwait(false);
                    // Whatever was swapped in between, nobody told us.
                    _watcher.Missed();
                }
                if (!await connection.WaitAsync(SilenceBeforeProbe, _end.Token).ConfigureAwait(false))
                    await ExecuteAsync(connection, "SELECT 1", _end.Token).ConfigureAwait(false);
                pause = FirstPause;
            }
            catch (Exception) when (_end.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // Whatever it was: one that ended would be counted on by all who wait.
                if (connection is not null) await CloseAsync(connection).ConfigureAwait(false);
                connection = null;
                await PauseAsync(pause).ConfigureAwait(false);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        if (connection is null) return;
        await EndListeningAsync(connection).ConfigureAwait(false);
        await CloseAsync(connection).ConfigureAwait(false);
    }

    private void OnNotification(object sender, NpgsqlNotificationEventArgs news)
    {
        // A pooled connection may still have other channels, of whoever had it before.
        if (news.Channel != _channel || Volatile.Read(ref _disposed) == 1) return;
        try
        {
            var parts = news.Payload.Split('|');
            if (parts.Length == 1) _ = TellByHashAsync(Convert.FromHexString(parts[0]));
            else _watcher.Woken(Text(parts[3]), new StoredRecord(Number(parts[0]), Number(parts[1]), Text(parts[4]), Number(parts[2])));
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            // Somebody else's, or a newer version's. It may have been for us.
            _watcher.Missed();
        }
    }

    private async Task TellByHashAsync(byte[] hash)
    {
        try
        {
            var (key, record) = await _lookUp(hash, _end.Token).ConfigureAwait(false);
            if (key is null) _watcher.Missed();
            else _watcher.Woken(key, record);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // It can't be read now; whoever waits will have to look.
            if (!_end.IsCancellationRequested) _watcher.Missed();
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            // Not all processes at the same moment.
            await Task.Delay(pause * (0.5 + (Random.Shared.NextDouble() / 2)), TimeProvider.System, _end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // the end
        }
    }

    /// <summary>So that the pool gets back a connection as it was, also where it does not reset it.</summary>
    private async Task EndListeningAsync(NpgsqlConnection connection)
    {
        try
        {
            await ExecuteAsync(connection, $"UNLISTEN {_channel}", CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // It is broken, and so listens no more.
        }
    }

    private async Task CloseAsync(NpgsqlConnection connection)
    {
        connection.Notification -= OnNotification;
        try
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // It is as good as closed.
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string text, CancellationToken cancellationToken)
    {
        var command = Commands.New(connection, text);
        await using (command.ConfigureAwait(false)) await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static long Number(string digits) => long.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static string Text(string base64) => StoredText.Decode(Convert.FromBase64String(base64));
}
