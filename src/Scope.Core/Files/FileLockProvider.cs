namespace GoGoScope;

/// <summary>
/// Locks that are shared by all processes of one machine that use the same directory; no server is needed. It is a
/// <see cref="LeasedLockProvider"/> over a <see cref="FileLockStore"/>. One instance for each process and directory, shared by all
/// scopes.
/// </summary>
/// <example>
/// <code>
/// var provider = new FileLockProvider("/var/lib/shop/locks");
/// await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
/// await using var guard = await scope.AcquireLockAsync("resource:123", timeToLive: TimeSpan.FromSeconds(30));
/// </code>
/// </example>
public sealed class FileLockProvider : LeasedLockProvider
{
    private readonly FileLockStore _store;

    /// <summary>Creates a provider of locks in <paramref name="directory"/>, which is made if it is not there.</summary>
    /// <param name="directory">A directory on a disk of this machine, which all processes that share locks may write; by default <see cref="FileLockStore.DefaultDirectory"/>.</param>
    /// <param name="leases">How long leases last, and how this process waits; by default <c>new LeaseOptions()</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is empty or white space, or the options contradict each other.</exception>
    /// <exception cref="IOException">The directory can't be made, or is on a file system that doesn't lock files, or somebody uses it who sees another start of the machine.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not write there.</exception>
    public FileLockProvider(string? directory = null, LeaseOptions? leases = null) : this(new FileLockStore(directory), leases)
    {
    }

    private FileLockProvider(FileLockStore store, LeaseOptions? leases) : base(store, leases, ownsStore: true) => _store = store;

    /// <inheritdoc cref="FileLockStore.PurgeAsync"/>
    public Task<int> PurgeAsync(CancellationToken cancellationToken = default) => _store.PurgeAsync(cancellationToken);
}
