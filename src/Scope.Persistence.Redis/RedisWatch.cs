using System.Security.Cryptography;
using StackExchange.Redis;

namespace GoGoScope.Persistence.Redis;

/// <summary>
/// One subscription: tells a watcher what comes in on its process's channel. The driver makes a broken connection again, and
/// the subscription with it; that it really listens is only certain when something that was sent has come back, so it
/// greets itself.
/// </summary>
internal sealed class RedisWatch : IAsyncDisposable
{
    private const int NumberLength = 16;
    private const int LengthLength = 8;

    // Who begins to listen gives up then; who has listened goes on until it does again.
    private const int MostGreetingsAtFirst = 5;

    private static readonly TimeSpan GreetingAgain = TimeSpan.FromSeconds(1);

    private readonly IConnectionMultiplexer _connection;
    private readonly ISubscriber _subscriber;
    private readonly RedisChannel _channel;
    private readonly int _prefixLength;
    private readonly IStoreWatcher _watcher;
    private readonly CancellationTokenSource _end = new();
    // Begins with a letter that is not a hexadecimal digit, and is nobody else's on the same channel.
    private readonly string _greeting = "hello " + Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
    private TaskCompletionSource? _greeted;
    private int _restored;
    private int _disposed;

    internal RedisWatch(IConnectionMultiplexer connection, byte[] channel, int prefixLength, IStoreWatcher watcher)
    {
        _connection = connection;
        _subscriber = connection.GetSubscriber();
        _channel = new RedisChannel(channel, RedisChannel.PatternMode.Literal);
        _prefixLength = prefixLength;
        _watcher = watcher;
    }

    /// <summary>Returns when it listens.</summary>
    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        _connection.ConnectionRestored += OnRestored;
        await SubscribedAsync().OrCancelledAsync(cancellationToken).ConfigureAwait(false);
        await GreetAsync(isFirst: true, cancellationToken).ConfigureAwait(false);

        async Task<bool> SubscribedAsync()
        {
            await _subscriber.SubscribeAsync(_channel, OnMessage).ConfigureAwait(false);
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        _connection.ConnectionRestored -= OnRestored;
        await _end.CancelAsync().ConfigureAwait(false);
        try
        {
            await _subscriber.UnsubscribeAsync(_channel, OnMessage).ConfigureAwait(false);
        }
        catch (Exception e) when (IsDisconnected(e))
        {
            // A connection that is gone has no subscription any more.
        }
    }

    private void OnMessage(RedisChannel channel, RedisValue message)
    {
        if (Volatile.Read(ref _disposed) == 1) return;
        var text = (byte[]?)message;
        if (text is null || text.Length == 0) return;
        if (text[0] == (byte)'h')
        {
            if ((string?)message == _greeting) Volatile.Read(ref _greeted)?.TrySetResult();
            return;
        }
        string key;
        StoredRecord record;
        try
        {
            (key, record) = Parse(text);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException)
        {
            // Somebody else's, or a newer version's. It may have been for us.
            _watcher.Missed();
            return;
        }
        _watcher.Woken(key, record);
    }

    /// <summary>The script's news: version, fence, clock, length of the key with its prefix, that key, the body.</summary>
    private (string Key, StoredRecord Record) Parse(ReadOnlySpan<byte> news)
    {
        var (version, fence) = RecordText.ParseHead(news);
        news = news[RecordText.HeadLength..];
        var now = RecordText.ParseNumber(news[..NumberLength]);
        news = news[NumberLength..];
        var keyLength = (int)RecordText.ParseNumber(news[..LengthLength]);
        news = news[LengthLength..];
        return (StoredText.Decode(news[_prefixLength..keyLength]), new StoredRecord(version, fence, StoredText.Decode(news[keyLength..]), now));
    }

    // Of any of the driver's connections: which of them listens is its business.
    private void OnRestored(object? sender, ConnectionFailedEventArgs e)
    {
        if (Interlocked.Increment(ref _restored) == 1) _ = TellAsync();
    }

    private async Task TellAsync()
    {
        int seen;
        do
        {
            seen = Volatile.Read(ref _restored);
            try
            {
                await GreetAsync(isFirst: false, _end.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            _watcher.Missed();
        }
        while (Interlocked.CompareExchange(ref _restored, 0, seen) != seen);
    }

    /// <summary>Returns when something that was sent has come back.</summary>
    private async Task GreetAsync(bool isFirst, CancellationToken cancellationToken)
    {
        var greeted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // One at a time: the start, then what follows a restored connection.
        var others = Interlocked.CompareExchange(ref _greeted, greeted, null);
        if (others is not null) greeted = others;
        try
        {
            for (var sent = 1; !greeted.Task.IsCompleted; sent++)
            {
                try
                {
                    await _subscriber.PublishAsync(_channel, _greeting).OrCancelledAsync(cancellationToken).ConfigureAwait(false);
                }
                catch (Exception e) when (!isFirst && e is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
                {
                    // It has gone again, or whatever it was; who gave up now would never tell of a restored connection again.
                }
                try
                {
                    await greeted.Task.WaitAsync(GreetingAgain, TimeProvider.System, cancellationToken).ConfigureAwait(false);
                }
                catch (TimeoutException) when (!isFirst || sent < MostGreetingsAtFirst)
                {
                    // The greeting was lost.
                }
                catch (TimeoutException e)
                {
                    throw new TimeoutException("Redis does not pass on what is published to who has subscribed: a replica that is cut off, perhaps, has the subscription.", e);
                }
            }
        }
        finally
        {
            Interlocked.CompareExchange(ref _greeted, null, greeted);
        }
    }

    private static bool IsDisconnected(Exception e) => e is RedisException or TimeoutException or ObjectDisposedException or TaskCanceledException { CancellationToken.IsCancellationRequested: false };
}
