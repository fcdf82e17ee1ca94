using System.Data.Common;
using System.Runtime.CompilerServices;

namespace GoGoScope.Persistence.MySql;

/// <summary>
/// Locks in MariaDB 10.6 or MySQL 5.6, or later. One row for each key, found by a hash; a change is one text, in one round trip and one
/// transaction, and as durable as the server makes it (<c>innodb_flush_log_at_trx_commit</c>).
/// </summary>
/// <remarks>
/// <para>The table is created by <see cref="EnsureSchemaAsync"/>, or by a person with <see cref="CreateSchemaScript"/>.
/// To see who holds what: <c>SELECT CONVERT(name USING utf8mb4), CONVERT(`body` USING utf8mb4) FROM gogoscope_locks WHERE `body` IS NOT NULL</c>.</para>
/// <para>Takes no part in the caller's transactions, and depends on nothing that a session sets: time zone, isolation,
/// <c>autocommit</c>, <c>sql_mode</c>.</para>
/// <para>The server can't tell anybody anything: whoever waits polls, one for each process and key, after 5 ms and then less and less
/// often (<see cref="LeaseOptions.ShortestPoll"/>, <see cref="LeaseOptions.LongestPoll"/>), and when the holder's lease ends.</para>
/// </remarks>
/// <example>
/// <code>
/// await using var dataSource = new MySqlDataSource("Server=localhost;Database=shop;User ID=…");
/// var store = new MySqlLockStore(dataSource);
/// await store.EnsureSchemaAsync();
/// </code>
/// </example>
public sealed class MySqlLockStore : IListableLockStore, IAsyncDisposable
{
    /// <summary>How many records are read at once, of many.</summary>
    private const int PageSize = 500;

    /// <summary>How many swaps go into one text.</summary>
    private const int LargestBatch = 128;

    private readonly DbDataSource _dataSource;
    private readonly bool _ownsDataSource;
    private readonly Table _table;
    private readonly Schema _schema;
    private readonly Database _database;

    /// <summary>A store on a data source of the application, which it shares and does not dispose.</summary>
    /// <param name="dataSource">Where connections come from: one for each call that is under way. MySqlConnector's <c>MySqlDataSource</c>, or that of another driver.</param>
    /// <param name="options">By default <c>new MySqlStoreOptions()</c>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="dataSource"/> is null.</exception>
    public MySqlLockStore(DbDataSource dataSource, MySqlStoreOptions? options = null) : this(dataSource, options, ownsDataSource: false, prepares: false)
    {
    }

    /// <summary>A store on connections of its own, which <see cref="DisposeAsync"/> closes.</summary>
    /// <param name="connectionString">As MySqlConnector reads it: "Server=localhost;Database=shop;User ID=…". <c>AutoEnlist</c> and <c>ConnectionReset</c> are switched off.</param>
    /// <param name="options">By default <c>new MySqlStoreOptions()</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> is empty, or MySqlConnector does not understand it.</exception>
    public MySqlLockStore(string connectionString, MySqlStoreOptions? options = null) : this(Driver.OpenOwn(connectionString, out var prepares), options, ownsDataSource: true, prepares)
    {
    }

    private MySqlLockStore(DbDataSource dataSource, MySqlStoreOptions? options, bool ownsDataSource, bool prepares)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        _dataSource = dataSource;
        _ownsDataSource = ownsDataSource;
        options ??= MySqlStoreOptions.Default;
        _table = new Table(options, options.PrepareStatements ?? prepares);
        _schema = new Schema(_table);
        _database = new Database(dataSource, _table, _schema);
    }

    /// <inheritdoc/>
    public string Name => "mysql";

    /// <summary>The statements that create the table, for a person to run. They do nothing where it exists.</summary>
    /// <param name="options">The options that the store will have; by default <c>new MySqlStoreOptions()</c>.</param>
    public static string CreateSchemaScript(MySqlStoreOptions? options = null) => new Schema(new Table(options ?? MySqlStoreOptions.Default)).Script;

    /// <summary>Creates the table, and its database, if they do not exist. Any number of processes may do it at once.</summary>
    /// <exception cref="DbException">The user may not create them; where they exist it need not.</exception>
    /// <exception cref="InvalidOperationException">The connection names no database, or the server or the table that is there won't do.</exception>
    public async Task EnsureSchemaAsync(CancellationToken cancellationToken = default) =>
        await _database.RunUncheckedAsync(_schema.CreateMissingAsync, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The table does not exist, or the server is read-only.</exception>
    public async ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return (await _database.RunAsync(new SwapBatch(_table, swap).ExecuteAsync, cancellationToken).ConfigureAwait(false))[0];
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The table does not exist, or the server is read-only.</exception>
    public async ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(swaps);
        cancellationToken.ThrowIfCancellationRequested();
        var batches = swaps.Chunk(LargestBatch).Select(chunk => new SwapBatch(_table, chunk)).ToList();
        var answers = new List<StoredRecord>(swaps.Count);
        foreach (var batch in batches) answers.AddRange(await _database.RunAsync(batch.ExecuteAsync, cancellationToken).ConfigureAwait(false));
        return answers;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The table does not exist, or the server is read-only.</exception>
    public async ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        cancellationToken.ThrowIfCancellationRequested();
        var hash = StoredText.Hash(StoredText.Encode(key));
        var found = await _database.RunAsync(
            (connection, server) => Statements.ReadAsync(connection, server, _table.Read(server, hash), static row => (Record: RecordReading.Record(row), IsReadOnly: RecordReading.IsTrue(row, 4))),
            cancellationToken).ConfigureAwait(false);
        // A replica is behind.
        return found[0].IsReadOnly ? throw _table.ReadOnly() : found[0].Record;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The table does not exist, or the server is read-only.</exception>
    public async IAsyncEnumerable<KeyValuePair<string, StoredRecord>> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var name = StoredText.Encode(prefix);
        byte[] last = [];
        while (true)
        {
            var after = last;
            var page = await _database.RunAsync(
                (connection, server) => Statements.ReadAsync(connection, server, _table.List(server, name, after, PageSize), RecordReading.Listed), cancellationToken).ConfigureAwait(false);
            foreach (var row in page)
            {
                // A replica is behind.
                if (row.IsReadOnly) throw _table.ReadOnly();
                yield return new(row.Key, row.Record);
            }
            if (page.Count < PageSize) yield break;
            last = page[^1].Hash;
        }
    }

    /// <summary>Nobody can be told anything: null.</summary>
    public ValueTask<IAsyncDisposable?> WatchAsync(string process, IStoreWatcher watcher, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(process);
        ArgumentNullException.ThrowIfNull(watcher);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<IAsyncDisposable?>(null);
    }

    /// <summary>
    /// Deletes rows of keys that nobody has held or waited for since <paramref name="unusedFor"/>. Locks work without it; it is for
    /// applications that use ever new keys, which leave a small row each. Two hundred go together; if somebody keeps one of them for a second, in a transaction
    /// of a person's, say, they stay until the next time.
    /// </summary>
    /// <param name="unusedFor">By default an hour. More than the server's clock is ever set back, for tokens to rise all the same.</param>
    /// <param name="cancellationToken">Stops between two hundreds.</param>
    /// <returns>How many rows.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="unusedFor"/> is zero or negative.</exception>
    public async Task<int> PurgeAsync(TimeSpan? unusedFor = null, CancellationToken cancellationToken = default)
    {
        var time = unusedFor ?? TimeSpan.FromHours(1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero, nameof(unusedFor));
        var microseconds = time.Ticks / TimeSpan.TicksPerMicrosecond;
        var last = new byte[32];
        for (var all = 0; ;)
        {
            // Looked for without a lock on anything: those that are in use are not kept from anybody.
            var found = await _database.RunAsync(
                (connection, server) => Statements.ReadAsync(connection, server, _table.FindUnused(server, microseconds, last), static row => (byte[])row.GetValue(0)),
                cancellationToken).ConfigureAwait(false);
            if (found.Count == 0) return all;
            try
            {
                all += await _database.RunAsync(
                    (connection, server) => Statements.DeleteAsync(connection, server, _table.DeleteUnused(server, microseconds, found)),
                    cancellationToken).ConfigureAwait(false);
            }
            catch (DbException e) when (ServerError.NumberOf(e) == ServerError.LockWaitTimeout)
            {
                // Somebody keeps one of them.
            }
            last = found[^1];
        }
    }

    /// <summary>Closes the connections if the store was made with a connection string.</summary>
    public ValueTask DisposeAsync() => _ownsDataSource ? _dataSource.DisposeAsync() : ValueTask.CompletedTask;
}
