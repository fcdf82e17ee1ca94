using System.Runtime.CompilerServices;
using MongoDB.Driver;

namespace GoGoScope.Persistence.Mongo;

/// <summary>
/// Locks in MongoDB 4.4 or later, or a server that speaks like it. One document for each key; a change is one
/// <c>findAndModify</c>, acknowledged by the majority of a replica set, whatever the client's own settings are.
/// </summary>
/// <remarks>
/// <para>To see who holds what: <c>db.gogoscope_locks.find({body: {$ne: ""}})</c>. Documents of free keys stay, for their fencing tokens
/// have to go on rising; <see cref="EnsureSchemaAsync"/> makes the index by which MongoDB deletes those that nobody has used for long.</para>
/// <para>Who lost a race pays a second command, by which the record is read. A command that is cancelled may still be carried out.</para>
/// <para>Takes no part in sessions and transactions of the caller.</para>
/// </remarks>
/// <example>
/// <code>
/// var store = new MongoLockStore(client.GetDatabase("shop"));
/// await store.EnsureSchemaAsync();
/// </code>
/// </example>
public sealed class MongoLockStore : IListableLockStore, IAsyncDisposable
{
    /// <summary>How many of many swaps are under way at once; each takes a connection meanwhile.</summary>
    private const int AtOnce = 8;

    // What the majority has is behind what a server has by milliseconds.
    private const int Attempts = 20;
    private const int LongestPauseMs = 100;

    private readonly MongoStoreOptions _options;
    private readonly IMongoClient? _ownClient;
    private readonly KnownClock _clock = new(TimeProvider.System);
    private readonly Database _database;
    private readonly Schema _schema;

    /// <summary>A store in a database of the application's client, which it shares and does not dispose.</summary>
    /// <param name="database">The database. Its concerns and read preference don't matter.</param>
    /// <param name="options">By default <c>new MongoStoreOptions()</c>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="database"/> is null.</exception>
    public MongoLockStore(IMongoDatabase database, MongoStoreOptions? options = null) : this(database, ownClient: null, options)
    {
    }

    /// <summary>A store with a client of its own, which <see cref="DisposeAsync"/> disposes.</summary>
    /// <param name="connectionString">As the driver reads it, with the database: "mongodb://localhost:27017/shop".</param>
    /// <param name="options">By default <c>new MongoStoreOptions()</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> is empty, or names no database.</exception>
    /// <exception cref="MongoConfigurationException">The driver does not understand <paramref name="connectionString"/>.</exception>
    public MongoLockStore(string connectionString, MongoStoreOptions? options = null) : this(Parse(connectionString), options)
    {
    }

    private MongoLockStore(MongoUrl url, MongoStoreOptions? options) : this(new MongoClient(url), url.DatabaseName, options)
    {
    }

    private MongoLockStore(MongoClient client, string database, MongoStoreOptions? options) : this(client.GetDatabase(database), client, options)
    {
    }

    private MongoLockStore(IMongoDatabase database, IMongoClient? ownClient, MongoStoreOptions? options)
    {
        ArgumentNullException.ThrowIfNull(database);
        _options = options ?? MongoStoreOptions.Default;
        _ownClient = ownClient;
        _database = new Database(database, _options.Collection, _clock);
        _schema = new Schema(database, _options);
    }

    /// <inheritdoc/>
    public string Name => "mongodb";

    /// <summary>
    /// Creates the collection and the index that deletes documents of keys that nobody has used for long, if they do not exist. Locks work
    /// without it. Any number of processes may do it at once.
    /// </summary>
    /// <exception cref="InvalidOperationException">The collection compares texts by a collation, which makes one key of two.</exception>
    /// <exception cref="MongoException">The user may not create them, or there is an index with another <see cref="MongoStoreOptions.ForgetAfter"/>.</exception>
    public Task EnsureSchemaAsync(CancellationToken cancellationToken = default) => _schema.EnsureAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The server is a read-only secondary.</exception>
    public async ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Check(swap);
        return await SwapCheckedAsync(swap, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The server is a read-only secondary.</exception>
    public async ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(swaps);
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var swap in swaps) Check(swap);
        // MongoDB has commands for many changes, but none that answers with the documents.
        var answers = new StoredRecord[swaps.Count];
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(AtOnce, swaps.Count)).Select(_ => SwapNextAsync())).ConfigureAwait(false);
        return answers;

        async Task SwapNextAsync()
        {
            try
            {
                for (var i = Interlocked.Increment(ref next); i < swaps.Count; i = Interlocked.Increment(ref next))
                    answers[i] = await SwapCheckedAsync(swaps[i], cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                // The call fails; the others need not begin.
                Interlocked.Exchange(ref next, swaps.Count);
                throw;
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The server is a read-only secondary.</exception>
    public async ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        cancellationToken.ThrowIfCancellationRequested();
        var (document, now) = await _database.ReadAsync(StoredText.Checked(key), cancellationToken).ConfigureAwait(false);
        return Record(document, now);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The server is a read-only secondary.</exception>
    public async IAsyncEnumerable<KeyValuePair<string, StoredRecord>> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        StoredText.Checked(prefix);
        string? last = null;
        do
        {
            var page = await _database.ReadPageAsync(prefix, last, cancellationToken).ConfigureAwait(false);
            last = page.Last;
            foreach (var (key, document, now) in page.Found)
            {
                // A void claim hides a free one.
                if (document.Record(now) is { IsFree: false } record) yield return new(key, record);
            }
        }
        while (last is not null);
    }

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable?> WatchAsync(string process, IStoreWatcher watcher, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(process);
        ArgumentNullException.ThrowIfNull(watcher);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_options.Watch) return null;
        return await MongoWatch.StartAsync(_database.Locks, StoredText.Checked(process), watcher, ReadAsync, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Disposes the client if the store was made with a connection string.</summary>
    public ValueTask DisposeAsync()
    {
        _ownClient?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<StoredRecord> SwapCheckedAsync(LockSwap swap, CancellationToken cancellationToken)
    {
        await _database.AskForClockOnceAsync(cancellationToken).ConfigureAwait(false);
        StoredDocument? found = null;
        for (var attempt = 1; ; attempt++)
        {
            long now;
            if (await _database.ChangeAsync(StatementFor(swap, found), cancellationToken).ConfigureAwait(false) is { } after)
            {
                if (!after.IsVoid) return after.Record(after.At);
                (found, now) = (after, after.At);
            }
            else
            {
                (found, now) = await _database.ReadAsync(swap.Key, cancellationToken).ConfigureAwait(false);
            }
            var record = Record(found, now);
            if (record.Version == swap.Version || !Outcome.Allows(swap, record)) return record;

            // It is as the swap wants it, and was not when that was tried: a void claim hides it, its fence is ahead, or the majority has not
            // heard yet of what was there.
            if (attempt == Attempts)
                throw new TimeoutException($"The record of \"{swap.Key}\" could not be swapped, though it is read as expected: does the majority of the replica set follow its primary?");
            if (attempt > 1)
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1 + Math.Min(LongestPauseMs, 1 << attempt))), TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }

    private Statement StatementFor(in LockSwap swap, StoredDocument? found)
    {
        if (found is { } known && known.Record(now: 0).IsFree) return Statements.ReplaceFree(swap, known, _clock.Floor);
        return swap.Expected == 0 ? Statements.Claim(swap, _clock.Floor) : Statements.Replace(swap, _clock.Now);
    }

    private static StoredRecord Record(StoredDocument? document, long now) => document?.Record(now) ?? new StoredRecord(Version: 0, Fence: 0, Body: "", now);

    /// <summary>Refuses what can't be stored before anything is done.</summary>
    private static void Check(in LockSwap swap)
    {
        ArgumentException.ThrowIfNullOrEmpty(swap.Key);
        StoredText.Checked(swap.Key);
        StoredText.Checked(swap.Body);
        foreach (var process in swap.Wake ?? []) StoredText.Checked(process);
    }

    /// <exception cref="ArgumentException"><paramref name="url"/> names no database.</exception>
    internal static void RefuseWithoutDatabase(MongoUrl url, string parameter)
    {
        if (string.IsNullOrEmpty(url.DatabaseName))
            throw new ArgumentException("The connection string names no database, in which the locks would be: \"mongodb://host:port/database\".", parameter);
    }

    private static MongoUrl Parse(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var url = new MongoUrl(connectionString);
        RefuseWithoutDatabase(url, nameof(connectionString));
        return url;
    }
}
