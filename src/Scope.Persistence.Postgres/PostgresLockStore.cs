using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;

namespace GoGoScope.Persistence.Postgres;

/// <summary>
/// Locks in PostgreSQL 12 or later. One row for each key, found by a hash; a change is one batch, in one round trip and one
/// transaction, and as durable as the database makes it.
/// </summary>
/// <remarks>
/// <para>The table is created by <see cref="EnsureSchemaAsync"/>, or by a person with <see cref="CreateSchemaScript"/>.
/// To see who holds what: <c>SELECT encode(name, 'escape'), encode(body, 'escape') FROM gogoscope_locks WHERE body IS NOT NULL</c>.</para>
/// <para>Takes no part in the caller's transactions, and needs nothing of a session but for listening: it works behind a transaction
/// pooler, with <see cref="PostgresStoreOptions.ListenDataSource"/> or without <see cref="PostgresStoreOptions.Listen"/>.</para>
/// <para>A transaction of anybody that stays open for long keeps PostgreSQL from cleaning up old states of rows: a lock that
/// is taken all the time gets slower meanwhile.</para>
/// </remarks>
/// <example>
/// <code>
/// await using var dataSource = NpgsqlDataSource.Create("Host=localhost;Database=shop");
/// var store = new PostgresLockStore(dataSource);
/// await store.EnsureSchemaAsync();
/// </code>
/// </example>
public sealed class PostgresLockStore : IListableLockStore, IAsyncDisposable
{
    /// <summary>How many swaps go into one batch.</summary>
    private const int LargestBatch = 256;

    private readonly NpgsqlDataSource _dataSource;
    private readonly NpgsqlDataSource _listenDataSource;
    private readonly PostgresStoreOptions _options;
    private readonly bool _ownsDataSources;
    private readonly Table _table;
    private readonly Schema _schema;
    private readonly Preparing _preparing;
    private readonly Database _database;

    /// <summary>A store on a data source of the application, which it shares and does not dispose.</summary>
    /// <param name="dataSource">Where connections come from: one for each call that is under way.</param>
    /// <param name="options">By default <c>new PostgresStoreOptions()</c>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="dataSource"/> is null.</exception>
    /// <exception cref="ArgumentException">Its pool has one connection only, and that would have to listen as well; or commands share connections (<c>Multiplexing=true</c>), on which nobody can listen.</exception>
    public PostgresLockStore(NpgsqlDataSource dataSource, PostgresStoreOptions? options = null)
        : this(dataSource, options?.ListenDataSource ?? dataSource, options, ownsDataSources: false)
    {
    }

    /// <summary>A store on connections of its own, which <see cref="DisposeAsync"/> closes; the one that listens is not of the pool.</summary>
    /// <param name="connectionString">As Npgsql reads it: "Host=localhost;Database=shop;Username=…". Of several hosts (<c>Host=one,another</c>) it is the primary, if <c>Target Session Attributes</c> does not say otherwise.</param>
    /// <param name="options">By default <c>new PostgresStoreOptions()</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> is empty, or Npgsql does not understand it.</exception>
    public PostgresLockStore(string connectionString, PostgresStoreOptions? options = null)
        : this(Pool(connectionString), options?.ListenDataSource ?? Single(connectionString), options, ownsDataSources: true)
    {
    }

    private PostgresLockStore(NpgsqlDataSource dataSource, NpgsqlDataSource listenDataSource, PostgresStoreOptions? options, bool ownsDataSources)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        RefuseWhatCannotListen(dataSource, listenDataSource, options ?? PostgresStoreOptions.Default);
        _dataSource = dataSource;
        _listenDataSource = listenDataSource;
        _options = options ?? PostgresStoreOptions.Default;
        _ownsDataSources = ownsDataSources;
        _table = new Table(_options);
        _schema = new Schema(_table);
        _preparing = new Preparing(WishFor(dataSource, _options), _options.TimeProvider);
        _database = new Database(dataSource, _table, _schema, _preparing);
    }

    /// <inheritdoc/>
    public string Name => "postgres";

    /// <summary>The statements that create the table, for a person to run. They do nothing where it exists.</summary>
    /// <param name="options">The options that the store will have; by default <c>new PostgresStoreOptions()</c>.</param>
    public static string CreateSchemaScript(PostgresStoreOptions? options = null) => new Schema(new Table(options ?? PostgresStoreOptions.Default)).Script;

    /// <summary>Creates the table, and its schema, if they do not exist. Any number of processes may do it at once.</summary>
    /// <exception cref="PostgresException">The user may not create them; where they exist it need not.</exception>
    public async Task EnsureSchemaAsync(CancellationToken cancellationToken = default) => await _database.RunUncheckedAsync((session, cancel) => _schema.CreateMissingAsync(session.Connection, cancel), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The table does not exist, or the database is read-only.</exception>
    public async ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var batch = new SwapBatch(_table, _preparing, [swap]);
        await SwapAsync(batch, cancellationToken).ConfigureAwait(false);
        return batch.Answer;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The table does not exist, or the database is read-only.</exception>
    public async ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(swaps);
        cancellationToken.ThrowIfCancellationRequested();
        var batches = swaps.Chunk(LargestBatch).Select(chunk => new SwapBatch(_table, _preparing, chunk)).ToList();
        var answers = new StoredRecord[swaps.Count];
        for (var i = 0; i < batches.Count; i++)
        {
            await SwapAsync(batches[i], cancellationToken).ConfigureAwait(false);
            batches[i].CopyAnswersTo(answers.AsSpan(i * LargestBatch));
        }
        return answers;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The table does not exist, or the database is read-only.</exception>
    public async ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        cancellationToken.ThrowIfCancellationRequested();
        return (await ReadAsync(StoredText.Hash(StoredText.Encode(key)), cancellationToken).ConfigureAwait(false)).Record;
    }

    /// <summary>
    /// The record as it is now, from a transaction of the caller's, until the end of which nobody changes it.
    /// </summary>
    internal async Task<StoredRecord> ReadAndKeepAsync(string key, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var connection = transaction.Connection ?? throw new InvalidOperationException("The transaction has ended.");
        // For as long as the application lets its own commands take.
        var command = new NpgsqlCommand(_table.ReadAndKeep, connection, transaction) { Parameters = { new NpgsqlParameter { Value = StoredText.Hash(StoredText.Encode(key)), NpgsqlDbType = NpgsqlDbType.Bytea } } };
        await using (command.ConfigureAwait(false))
        {
            try
            {
                var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (row.ConfigureAwait(false))
                    return await row.ReadAsync(cancellationToken).ConfigureAwait(false) ? RecordReading.Record(row) : new StoredRecord(Version: 0, Fence: 0, Body: "", Now: 0);
            }
            catch (PostgresException e) when (_database.Explain(e) is { } explained)
            {
                throw explained;
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The table does not exist, or the database is read-only.</exception>
    public async IAsyncEnumerable<KeyValuePair<string, StoredRecord>> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var name = StoredText.Encode(prefix);
        for (byte[]? last = []; last is not null;)
        {
            var after = last;
            var page = await _database.RunAsync(
                (session, cancel) => RecordPage.ReadAsync(session.Connection, _table, name, after, () => _database.ReadOnly(inner: null), cancel),
                cancellationToken).ConfigureAwait(false);
            foreach (var found in page.Found) yield return found;
            last = page.Last;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The database is read-only: nobody can listen there.</exception>
    public async ValueTask<IAsyncDisposable?> WatchAsync(string process, IStoreWatcher watcher, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(process);
        ArgumentNullException.ThrowIfNull(watcher);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_options.Listen) return null;
        try
        {
            return await PostgresWatch.StartAsync(_listenDataSource, _table.ChannelOf(process), watcher, ReadAsync, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (_database.Explain(e) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>
    /// Deletes rows of keys that nobody has held or waited for since <paramref name="unusedFor"/>. Locks work without it; it is for
    /// applications that use ever new keys, which leave a small row each.
    /// </summary>
    /// <param name="unusedFor">By default an hour. More than the database's clock is ever set back, for tokens to rise all the same.</param>
    /// <param name="cancellationToken">Stops between two thousands.</param>
    /// <returns>How many rows.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="unusedFor"/> is zero or negative.</exception>
    public async Task<int> PurgeAsync(TimeSpan? unusedFor = null, CancellationToken cancellationToken = default)
    {
        var time = unusedFor ?? TimeSpan.FromHours(1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero, nameof(unusedFor));
        for (var all = 0; ;)
        {
            var deleted = await _database.RunAsync(PurgeSomeAsync, cancellationToken).ConfigureAwait(false);
            if (deleted == 0) return all;
            all += deleted;
        }

        async ValueTask<int> PurgeSomeAsync(Session session, CancellationToken cancel)
        {
            var command = Commands.New(session.Connection, _table.Purge);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = time.Ticks / TimeSpan.TicksPerMicrosecond });
            await using (command.ConfigureAwait(false)) return await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the connections if the store was made with a connection string.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_ownsDataSources) return;
        await _dataSource.DisposeAsync().ConfigureAwait(false);
        if (_options.ListenDataSource is null) await _listenDataSource.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Swaps, with all that an epoch needs before: of those that have found none, or one that allows too little, nothing was done.</summary>
    /// <remarks>
    /// Who gives up is let go, and no statement is cancelled: PostgreSQL would not wait for a standby any more, and let everybody see a change that a
    /// fail-over takes back.
    /// </remarks>
    private async ValueTask SwapAsync(SwapBatch batch, CancellationToken cancellationToken)
    {
        while (true)
        {
            await _database.RunAsync(batch.ExecuteAsync, cancellationToken).OrCancelledAsync(cancellationToken).ConfigureAwait(false);
            if (_table.Epoch is not { } epoch || batch.FoundEpoch) return;
            await _database.RunAsync((session, _) => epoch.BeginAsync(session.Connection, CancellationToken.None), cancellationToken).OrCancelledAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The record of a hash; the key is null if there is none.</summary>
    private async Task<(string? Key, StoredRecord Record)> ReadAsync(byte[] hash, CancellationToken cancellationToken)
    {
        return await _database.RunAsync(WorkAsync, cancellationToken).ConfigureAwait(false);

        async ValueTask<(string? Key, StoredRecord Record)> WorkAsync(Session session, CancellationToken cancel)
        {
            session.NewBatch().BatchCommands.Add(_table.NewRead(hash));
            var row = await session.ExecuteAsync(cancel).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                await row.ReadAsync(cancel).ConfigureAwait(false);
                // A standby is behind.
                if (row.GetBoolean(5)) throw _database.ReadOnly(inner: null);
                var key = row.IsDBNull(4) ? null : StoredText.Decode(row.GetFieldValue<byte[]>(4));
                return (key, RecordReading.Record(row));
            }
        }
    }

    /// <summary>Commands that share connections can't be prepared.</summary>
    private static bool? WishFor(NpgsqlDataSource dataSource, PostgresStoreOptions options)
    {
        if (options.PrepareStatements == false || !new NpgsqlConnectionStringBuilder(dataSource.ConnectionString).Multiplexing) return options.PrepareStatements;
        return options.PrepareStatements is null
            ? false
            : throw new ArgumentException($"Commands share connections (Multiplexing=true), on which nothing can be prepared: leave {nameof(PostgresStoreOptions.PrepareStatements)} as it is.", nameof(options));
    }

    /// <summary>News come to a connection that nobody else has. It is never given back, and another one would be waited for in vain.</summary>
    private static void RefuseWhatCannotListen(NpgsqlDataSource dataSource, NpgsqlDataSource listenDataSource, PostgresStoreOptions options)
    {
        if (!options.Listen) return;
        var settings = new NpgsqlConnectionStringBuilder(listenDataSource.ConnectionString);
        if (settings.Multiplexing)
            throw new ArgumentException(
                $"Commands share connections (Multiplexing=true), on which nobody can listen: set {nameof(PostgresStoreOptions.ListenDataSource)} to a data source without that, or {nameof(PostgresStoreOptions.Listen)} to false.", nameof(options));
        if (!ReferenceEquals(dataSource, listenDataSource)) return;
        if (settings.Pooling && settings.MaxPoolSize == 1)
            throw new ArgumentException(
                $"The pool has one connection (Maximum Pool Size=1), and who listens would keep it: let it have more, or set {nameof(PostgresStoreOptions.ListenDataSource)}, or {nameof(PostgresStoreOptions.Listen)} to false.", nameof(options));
    }

    private static NpgsqlDataSource Pool(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        // Nothing that the store does changes a session, so there is nothing to reset in it before its next use.
        return NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(OfPrimary(connectionString)) { Enlist = false, NoResetOnClose = true });
    }

    private static NpgsqlDataSource Single(string connectionString) =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(OfPrimary(connectionString)) { Enlist = false, Pooling = false, Multiplexing = false });

    /// <summary>The driver takes the first of several hosts that answers, if nobody says otherwise: a standby, perhaps.</summary>
    private static string OfPrimary(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (settings.Host is { } hosts && hosts.Contains(',', StringComparison.Ordinal)) settings.TargetSessionAttributes ??= "primary";
        return settings.ConnectionString;
    }
}
