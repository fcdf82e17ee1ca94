using StackExchange.Redis;

namespace GoGoScope.Persistence.Redis;

/// <summary>
/// Locks that all processes share which use the same Redis: a <see cref="LeasedLockProvider"/> over a <see cref="RedisLockStore"/>.
/// One instance for each process and server, shared by all scopes.
/// </summary>
/// <example>
/// <code>
/// var provider = new RedisLockProvider(multiplexer);
/// await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
/// await using var guard = await scope.AcquireLockAsync("resource:123", timeToLive: TimeSpan.FromSeconds(30));
/// </code>
/// </example>
public sealed class RedisLockProvider : LeasedLockProvider
{
    /// <summary>Locks on a connection of the application, which they share and do not close.</summary>
    /// <param name="connection">The connection; one is enough for all that a process does with Redis.</param>
    /// <param name="store">How locks are kept in Redis; by default <c>new RedisStoreOptions()</c>.</param>
    /// <param name="leases">How long leases last, and how this process waits; by default <c>new LeaseOptions()</c>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="connection"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="connection"/> has a <c>channelPrefix</c>, or the options contradict each other.</exception>
    public RedisLockProvider(IConnectionMultiplexer connection, RedisStoreOptions? store = null, LeaseOptions? leases = null)
        : this(new RedisLockStore(connection, store), leases)
    {
    }

    private RedisLockProvider(RedisLockStore store, LeaseOptions? leases) : base(store, leases, ownsStore: true)
    {
    }

    /// <summary>Locks on a connection of their own, which is closed with the provider.</summary>
    /// <param name="configuration">As StackExchange.Redis reads it: "localhost:6379,password=…".</param>
    /// <param name="store">How locks are kept in Redis; by default <c>new RedisStoreOptions()</c>.</param>
    /// <param name="leases">How long leases last, and how this process waits; by default <c>new LeaseOptions()</c>.</param>
    /// <param name="cancellationToken">Stops to wait for the server; a connection that comes about later is closed.</param>
    /// <exception cref="ArgumentException"><paramref name="configuration"/> is empty or white space or has a <c>channelPrefix</c>, or the options contradict each other.</exception>
    /// <exception cref="RedisConnectionException">No server can be reached, unless the configuration says <c>abortConnect=false</c>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static async Task<RedisLockProvider> ConnectAsync(string configuration, RedisStoreOptions? store = null, LeaseOptions? leases = null, CancellationToken cancellationToken = default) =>
        new(await RedisLockStore.ConnectAsync(configuration, store, cancellationToken).ConfigureAwait(false), leases);

    /// <summary>As <see cref="ConnectAsync"/>, for who can't await: services are made on the caller's thread.</summary>
    internal static RedisLockProvider Connect(string configuration, RedisStoreOptions? store, LeaseOptions? leases) =>
        new(RedisLockStore.Connect(configuration, store), leases);
}
