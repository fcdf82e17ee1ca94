using System.Collections.Concurrent;
using System.Threading.Channels;

namespace GoGoScope.Testing;

/// <summary>Notes what a watcher is told, for tests to wait for. A record that comes twice, as news may, is noted once.</summary>
internal sealed class NotedNews : IStoreWatcher
{
    private readonly Channel<(string Key, StoredRecord? Record)> _news = Channel.CreateUnbounded<(string, StoredRecord?)>();
    private readonly ConcurrentDictionary<(string Key, long Version), bool> _known = new();
    private int _missed;

    /// <summary>How often it was told that it may have missed something.</summary>
    public int MissedCount => Volatile.Read(ref _missed);

    /// <summary>The next that it was woken for.</summary>
    public Task<(string Key, StoredRecord? Record)> NextAsync() => _news.Reader.ReadAsync().Soon();

    /// <summary>Whether there is news that nobody has taken yet.</summary>
    public bool HasNext => _news.Reader.TryPeek(out _);

    /// <summary>Whether news comes within half a second; it is not taken.</summary>
    public async Task<bool> ComesAsync()
    {
        using var end = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        try
        {
            return await _news.Reader.WaitToReadAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Woken(string key, StoredRecord? record)
    {
        if (record is { } told && !_known.TryAdd((key, told.Version), true)) return;
        _news.Writer.TryWrite((key, record));
    }

    /// <inheritdoc/>
    public void Missed() => Interlocked.Increment(ref _missed);
}
