using Npgsql;

namespace GoGoScope.Persistence.Postgres;

/// <summary>
/// Locks that all processes share which use the same PostgreSQL database: a <see cref="LeasedLockProvider"/> over a
/// <see cref="PostgresLockStore"/>. One instance for each process and database, shared by all scopes.
/// </summary>
/// <example>
/// <code>
/// var provider = new PostgresLockProvider(dataSource);
/// await provider.EnsureSchemaAsync();
/// await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
/// await using var guard = await scope.AcquireLockAsync("resource:123", timeToLive: TimeSpan.FromSeconds(30));
/// </code>
/// </example>
public sealed class PostgresLockProvider : LeasedLockProvider
{
    private readonly PostgresLockStore _store;

    /// <summary>Locks on a data source of the application, which they share and do not dispose.</summary>
    /// <param name="dataSource">Where connections come from: one for each call that is under way, and one that listens.</param>
    /// <param name="store">How locks are kept in PostgreSQL; by default <c>new PostgresStoreOptions()</c>.</param>
    /// <param name="leases">How long leases last, and how this process waits; by default <c>new LeaseOptions()</c>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="dataSource"/> is null.</exception>
    /// <exception cref="ArgumentException">
    /// The options contradict each other, or the data source: its pool has one connection only, and that would have to listen as well, or
    /// commands share connections (<c>Multiplexing=true</c>), on which nobody can listen.
    /// </exception>
    public PostgresLockProvider(NpgsqlDataSource dataSource, PostgresStoreOptions? store = null, LeaseOptions? leases = null)
        : this(new PostgresLockStore(dataSource, store), leases)
    {
    }

    /// <summary>Locks on connections of their own, which are closed with the provider.</summary>
    /// <param name="connectionString">As Npgsql reads it: "Host=localhost;Database=shop;Username=…". Of several hosts (<c>Host=one,another</c>) it is the primary, if <c>Target Session Attributes</c> does not say otherwise.</param>
    /// <param name="store">How locks are kept in PostgreSQL; by default <c>new PostgresStoreOptions()</c>.</param>
    /// <param name="leases">How long leases last, and how this process waits; by default <c>new LeaseOptions()</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> is empty, or Npgsql does not understand it, or the options contradict each other.</exception>
    public PostgresLockProvider(string connectionString, PostgresStoreOptions? store = null, LeaseOptions? leases = null)
        : this(new PostgresLockStore(connectionString, store), leases)
    {
    }

    private PostgresLockProvider(PostgresLockStore store, LeaseOptions? leases) : base(store, leases, ownsStore: true) => _store = store;

    /// <summary>Creates the table, and its schema, if they do not exist. Any number of processes may do it at once.</summary>
    /// <exception cref="PostgresException">The user may not create them; where they exist it need not.</exception>
    public Task EnsureSchemaAsync(CancellationToken cancellationToken = default) => _store.EnsureSchemaAsync(cancellationToken);

    /// <summary>
    /// Deletes rows of keys that nobody has held or waited for since <paramref name="unusedFor"/>. Locks work without it; it is for
    /// applications that use ever new keys, which leave a small row each.
    /// </summary>
    /// <example>
    /// <code>
    /// scope.Every(TimeSpan.FromHours(1), async ct =>
    /// {
    ///     try { await provider.PurgeAsync(cancellationToken: ct); }
    ///     catch (DbException e) { logger.LogWarning(e, "Tried again in an hour."); }
    /// });
    /// </code>
    /// </example>
    /// <param name="unusedFor">By default an hour. More than the database's clock is ever set back, for tokens to rise all the same.</param>
    /// <param name="cancellationToken">Stops between two thousands.</param>
    /// <returns>How many rows.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="unusedFor"/> is zero or negative.</exception>
    public Task<int> PurgeAsync(TimeSpan? unusedFor = null, CancellationToken cancellationToken = default) => _store.PurgeAsync(unusedFor, cancellationToken);

    /// <summary>
    /// Makes sure that <paramref name="guard"/> is held until <paramref name="transaction"/> ends, or throws: what the transaction
    /// writes is then never that of a process that has lost its lock, however long it was paused. One round trip. For data in the
    /// same database as the locks; call it in each transaction that writes what the lock protects.
    /// </summary>
    /// <remarks>
    /// <para>The record of the key is locked (FOR SHARE) until the transaction ends. Nobody else gets the lock before that, though the
    /// lease end meanwhile, and the lease is not renewed either: keep the transaction shorter than the lease, or the guard is
    /// lost here, though not to anybody before the commit. End it before the guard is disposed.</para>
    /// <para>The transaction's user needs the rights to SELECT and UPDATE the table of locks. Under REPEATABLE READ or SERIALIZABLE
    /// let it be the first thing that the transaction does: a renewal in between makes it fail with 40001.</para>
    /// </remarks>
    /// <example>
    /// <code>
    /// await using var transaction = await connection.BeginTransactionAsync();
    /// await provider.AssertHeldAsync(transaction, guard);
    /// …
    /// await transaction.CommitAsync();
    /// </code>
    /// </example>
    /// <param name="transaction">A transaction of the caller's, in the database of the locks.</param>
    /// <param name="guard">A guard that this process holds, exclusive or shared.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LeaseLostException">The guard's lease was lost: let the transaction be rolled back.</exception>
    /// <exception cref="ObjectDisposedException">The guard was disposed.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="transaction"/> is null.</exception>
    /// <exception cref="ArgumentException">The guard is of a lock without a key.</exception>
    /// <exception cref="InvalidOperationException">The transaction has ended, or its database has no table of locks.</exception>
    public async Task AssertHeldAsync(NpgsqlTransaction transaction, LockGuard guard, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var stored = await _store.ReadAndKeepAsync(StoreKeyOf(guard), transaction, cancellationToken).ConfigureAwait(false);
        ThrowUnlessHeld(guard, stored);
    }
}
