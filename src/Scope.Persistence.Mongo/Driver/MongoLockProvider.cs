using MongoDB.Driver;

namespace GoGoScope.Persistence.Mongo;

/// <summary>
/// Locks that all processes share which use the same MongoDB database: a <see cref="LeasedLockProvider"/> over a
/// <see cref="MongoLockStore"/>. One instance for each process and database, shared by all scopes.
/// </summary>
/// <example>
/// <code>
/// var provider = new MongoLockProvider(client.GetDatabase("shop"));
/// await provider.EnsureSchemaAsync();
/// await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
/// await using var guard = await scope.AcquireLockAsync("resource:123", timeToLive: TimeSpan.FromSeconds(30));
/// </code>
/// </example>
public sealed class MongoLockProvider : LeasedLockProvider
{
    private readonly MongoLockStore _store;

    /// <summary>Locks in a database of the application's client, which they share and do not dispose.</summary>
    /// <param name="database">The database. Its concerns and read preference don't matter.</param>
    /// <param name="store">How locks are kept in MongoDB; by default <c>new MongoStoreOptions()</c>.</param>
    /// <param name="leases">How long leases last, and how this process waits; by default <c>new LeaseOptions()</c>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="database"/> is null.</exception>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public MongoLockProvider(IMongoDatabase database, MongoStoreOptions? store = null, LeaseOptions? leases = null)
        : this(new MongoLockStore(database, store), leases)
    {
    }

    /// <summary>Locks with a client of their own, which is disposed with the provider.</summary>
    /// <param name="connectionString">As the driver reads it, with the database: "mongodb://localhost:27017/shop".</param>
    /// <param name="store">How locks are kept in MongoDB; by default <c>new MongoStoreOptions()</c>.</param>
    /// <param name="leases">How long leases last, and how this process waits; by default <c>new LeaseOptions()</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> is empty, or names no database, or the options contradict each other.</exception>
    /// <exception cref="MongoConfigurationException">The driver does not understand <paramref name="connectionString"/>.</exception>
    public MongoLockProvider(string connectionString, MongoStoreOptions? store = null, LeaseOptions? leases = null)
        : this(new MongoLockStore(connectionString, store), leases)
    {
    }

    private MongoLockProvider(MongoLockStore store, LeaseOptions? leases) : base(store, leases, ownsStore: true) => _store = store;

    /// <inheritdoc cref="MongoLockStore.EnsureSchemaAsync"/>
    public Task EnsureSchemaAsync(CancellationToken cancellationToken = default) => _store.EnsureSchemaAsync(cancellationToken);
}
