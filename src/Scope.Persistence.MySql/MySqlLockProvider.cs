using System.Data.Common;

namespace GoGoScope.Persistence.MySql;

/// <summary>
/// Locks that all processes share which use the same database in MySQL or MariaDB: a <see cref="LeasedLockProvider"/> over a
/// <see cref="MySqlLockStore"/>. One instance for each process and database, shared by all scopes.
/// </summary>
/// <example>
/// <code>
/// var provider = new MySqlLockProvider(dataSource);
/// await provider.EnsureSchemaAsync();
/// await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
/// await using var guard = await scope.AcquireLockAsync("resource:123", timeToLive: TimeSpan.FromSeconds(30));
/// </code>
/// </example>
public sealed class MySqlLockProvider : LeasedLockProvider
{
    private readonly MySqlLockStore _store;

    /// <summary>Locks on a data source of the application, which they share and do not dispose.</summary>
    /// <param name="dataSource">Where connections come from: one for each call that is under way. MySqlConnector's <c>MySqlDataSource</c>, or that of another driver.</param>
    /// <param name="store">How locks are kept; by default <c>new MySqlStoreOptions()</c>.</param>
    /// <param name="leases">How long leases last, and how this process waits; by default <c>new LeaseOptions()</c>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="dataSource"/> is null.</exception>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public MySqlLockProvider(DbDataSource dataSource, MySqlStoreOptions? store = null, LeaseOptions? leases = null)
        : this(new MySqlLockStore(dataSource, store), leases)
    {
    }

    /// <summary>Locks on connections of their own, which are closed with the provider.</summary>
    /// <param name="connectionString">As MySqlConnector reads it: "Server=localhost;Database=shop;User ID=…". <c>AutoEnlist</c> and <c>ConnectionReset</c> are switched off.</param>
    /// <param name="store">How locks are kept; by default <c>new MySqlStoreOptions()</c>.</param>
    /// <param name="leases">How long leases last, and how this process waits; by default <c>new LeaseOptions()</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> is empty, or MySqlConnector does not understand it, or the options contradict each other.</exception>
    public MySqlLockProvider(string connectionString, MySqlStoreOptions? store = null, LeaseOptions? leases = null)
        : this(new MySqlLockStore(connectionString, store), leases)
    {
    }

    private MySqlLockProvider(MySqlLockStore store, LeaseOptions? leases) : base(store, leases, ownsStore: true) => _store = store;

    /// <summary>Creates the table, and its database, if they do not exist. Any number of processes may do it at once.</summary>
    /// <exception cref="DbException">The user may not create them; where they exist it need not.</exception>
    /// <exception cref="InvalidOperationException">The connection names no database, or the server or the table that is there won't do.</exception>
    public Task EnsureSchemaAsync(CancellationToken cancellationToken = default) => _store.EnsureSchemaAsync(cancellationToken);

    /// <inheritdoc cref="MySqlLockStore.PurgeAsync"/>
    public Task<int> PurgeAsync(TimeSpan? unusedFor = null, CancellationToken cancellationToken = default) => _store.PurgeAsync(unusedFor, cancellationToken);
}
