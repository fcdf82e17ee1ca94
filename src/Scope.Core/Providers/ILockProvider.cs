namespace GoGoScope;

/// <summary>
/// Grants the locks of keys: in this process (<see cref="InMemoryLockProvider"/>), or in a store that many processes share. Each
/// instance has keys of its own; it is shared by all scopes that use it, and disposed by none of them.
/// </summary>
public interface ILockProvider
{
    /// <summary>The provider's name in errors, such as "in-memory".</summary>
    string Name { get; }

    /// <summary>Whether other processes see its keys. A lock without a key is then refused.</summary>
    bool IsDistributed { get; }

    /// <summary>
    /// Whether it can carry semaphores, that is grant requests whose mode is <see cref="LockMode.Permits"/>. False by default, and
    /// then nobody asks for any: a semaphore over the provider is refused when it is created.
    /// </summary>
    bool GrantsPermits => false;

    /// <summary>Waits for the lock until it is granted, the request's timeout has passed, or the wait is cancelled.</summary>
    /// <exception cref="LockTimeoutException">The lock was not granted in time.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> or the request's <see cref="LockRequest.Lifetime"/> was cancelled.
    /// </exception>
    /// <exception cref="LockProviderException">The store could not be used, has too many who wait already, or the provider was disposed.</exception>
    /// <exception cref="KeyInOtherUseException">The key is a semaphore to those who use it, and the request takes it for a lock, or the like.</exception>
    ValueTask<LockGuard> AcquireAsync(in LockRequest request, CancellationToken cancellationToken);

    /// <summary>As <see cref="AcquireAsync"/>, but answers null where that throws <see cref="LockTimeoutException"/>.</summary>
    ValueTask<LockGuard?> TryAcquireAsync(in LockRequest request, CancellationToken cancellationToken);

    /// <summary>Who holds and who waits for what, among this process's requests, as it was at one moment for each key.</summary>
    IReadOnlyList<LockSnapshot> Snapshot();

    /// <summary>
    /// Who holds and who waits for <paramref name="key"/>, in all processes that share it. Only looks: it changes nothing, and a lease that has
    /// ended is shown until others evict it.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Gives up the look.</param>
    /// <exception cref="ArgumentException">The key is empty or white space.</exception>
    /// <exception cref="NotSupportedException">The provider can't see what other processes have.</exception>
    ValueTask<LockInspection> InspectAsync(string key, CancellationToken cancellationToken = default)
    {
        Ensure.Key(key, nameof(key));
        RefuseInspection();
        return new(LocalInspection.Of(key, Snapshot().FirstOrDefault(snapshot => snapshot.Key == key)));
    }

    /// <summary>
    /// All keys that are held or waited for, in all processes, in no order; each is looked at for itself. A store is read page by page as
    /// the enumeration goes on, and no further: <c>InspectAllAsync().Take(1_000)</c> reads no more than it needs.
    /// </summary>
    /// <param name="keyPrefix">Only keys that begin with this; all if it is empty.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="NotSupportedException">The provider can't see what other processes have, or its store can't list its keys.</exception>
    IAsyncEnumerable<LockInspection> InspectAllAsync(string keyPrefix = "", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keyPrefix);
        RefuseInspection();
        return LocalInspection.All(Snapshot(), keyPrefix, cancellationToken);
    }

    private void RefuseInspection()
    {
        if (IsDistributed) throw new NotSupportedException($"The provider \"{Name}\" can't be inspected: its {nameof(Snapshot)} shows what this process has, and not what others have.");
    }
}
