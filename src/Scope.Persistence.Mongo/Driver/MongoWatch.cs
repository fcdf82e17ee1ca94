using MongoDB.Bson;
using MongoDB.Driver;

namespace GoGoScope.Persistence.Mongo;

/// <summary>
/// One change stream: tells a watcher of the swaps that wake its process. When it breaks, another one is opened, sooner at first and
/// later if that fails again.
/// </summary>
/// <remarks>
/// The driver would go on with a broken stream by itself, and nobody would hear that it was broken. So it is opened as what it is, an
/// aggregation.
/// </remarks>
internal sealed class MongoWatch : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>How long the server waits for news before it answers that there is none.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly IMongoCollection<BsonDocument> _locks;
    private readonly string _process;
    private readonly IStoreWatcher _watcher;
    private readonly Func<string, CancellationToken, ValueTask<StoredRecord>> _read;
    private readonly CancellationTokenSource _end = new();
    private Task _listening = Task.CompletedTask;
    private int _disposed;

    private MongoWatch(
        IMongoCollection<BsonDocument> locks, string process, IStoreWatcher watcher, Func<string, CancellationToken, ValueTask<StoredRecord>> read)
    {
        (_locks, _process, _watcher, _read) = (locks, process, watcher, read);
    }

    /// <summary>Returns when it listens; null where there are no change streams.</summary>
    /// <param name="locks">The collection.</param>
    /// <param name="process">The process.</param>
    /// <param name="watcher">Who is told.</param>
    /// <param name="read">Reads a record, for news that does not carry it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal static async Task<MongoWatch?> StartAsync(
        IMongoCollection<BsonDocument> locks, string process, IStoreWatcher watcher, Func<string, CancellationToken, ValueTask<StoredRecord>> read,
        CancellationToken cancellationToken)
    {
        // A stream keeps a connection, and where there is one, every swap would wait for it.
        if (locks.Database.Client.Settings.MaxConnectionPoolSize == 1) return null;
        var watch = new MongoWatch(locks, process, watcher, read);
        IAsyncCursor<BsonDocument> stream;
        try
        {
            stream = await watch.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (MongoCommandException e) when (ChangeEvents.SaysThatThereAreNone(e.Code))
        {
            return null;
        }
        Task<bool> next;
        try
        {
            // What came with the answer; then the server is asked for more, unless it has said that there is none.
            await stream.MoveNextAsync(cancellationToken).ConfigureAwait(false);
            foreach (var change in stream.Current) watch.Tell(change);
            next = stream.MoveNextAsync(watch._end.Token);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
        if (next is { IsCompletedSuccessfully: true, Result: false })
        {
            stream.Dispose();
            return null;
        }
        using (ExecutionContext.SuppressFlow()) watch._listening = Task.Run(() => watch.ListenAsync(stream, next), CancellationToken.None);
        return watch;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) await _end.CancelAsync().ConfigureAwait(false);
        await _listening.ConfigureAwait(false);
    }

    private Task<IAsyncCursor<BsonDocument>> OpenAsync(CancellationToken cancellationToken) => _locks.AggregateAsync<BsonDocument>(
        ChangeEvents.Pipeline(_process).Select(Documents.From).ToArray(), new AggregateOptions { MaxAwaitTime = LongestWait }, cancellationToken);

    private async Task ListenAsync(IAsyncCursor<BsonDocument>? stream, Task<bool>? next)
    {
        var pause = FirstPause;
        while (!_end.IsCancellationRequested)
        {
            try
            {
                if (stream is null)
                {
                    stream = await OpenAsync(_end.Token).ConfigureAwait(false);
                    // Whatever was swapped in between, nobody told us.
                    _watcher.Missed();
                }
                next ??= stream.MoveNextAsync(_end.Token);
                var goesOn = await next.ConfigureAwait(false);
                next = null;
                if (!goesOn) throw new IOException("The change stream has ended.");
                foreach (var change in stream.Current) Tell(change);
                pause = FirstPause;
            }
            catch (Exception) when (_end.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // Whatever it was: one that ended would be counted on by all who wait.
                stream?.Dispose();
                (stream, next) = (null, null);
                await PauseAsync(pause).ConfigureAwait(false);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        stream?.Dispose();
    }

    private void Tell(BsonDocument change)
    {
        if (Volatile.Read(ref _disposed) == 1) return;
        try
        {
            var key = change["documentKey"][Fields.Id].AsString;
            var told = change["operationType"] == "insert" ? change["fullDocument"].AsBsonDocument : change["updateDescription"]["updatedFields"].AsBsonDocument;
            // What a change has left as it was is not in it.
            if (!ChangeEvents.Carried.All(told.Contains)) _ = TellByReadingAsync(key);
            else if (Documents.Parse(told) is { IsVoid: false } document) _watcher.Woken(key, document.Record(document.At));
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidCastException or FormatException or OverflowException or BsonException)
        {
            // Somebody else's, or a newer version's. It may have been for us.
            _watcher.Missed();
        }
    }

    private async Task TellByReadingAsync(string key)
    {
        try
        {
            _watcher.Woken(key, await _read(key, _end.Token).ConfigureAwait(false));
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
}
