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
/// await using var guard = await scope.AcquireLockAsync("resource:123", TimeSpan.FromSeconds(30));
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
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public PostgresLockProvider(NpgsqlDataSource dataSource, PostgresStoreOptions? store = null, LeaseOptions? leases = null)
        : this(new PostgresLockStore(dataSource, store), leases)
    {
    }

    /// <summary>Locks on connections of their own, which are closed with the provider.</summary>
    /// <param name="connectionString">As Npgsql reads it: "Host=localhost;Database=shop;Username=…".</param>
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
}
