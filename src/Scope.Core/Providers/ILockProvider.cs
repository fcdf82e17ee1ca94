namespace GoGoScope;

/// <summary>
/// Where keys live and locks are granted: in this process (<see cref="InMemoryLockProvider"/>) or in a store that many
/// processes share. One instance is one world of keys, shared by all scopes that use it and disposed by none of them.
/// </summary>
public interface ILockProvider
{
    /// <summary>The provider's name in errors, such as "in-memory".</summary>
    string Name { get; }

    /// <summary>Whether other processes see its keys. A lock without a key is then refused.</summary>
    bool IsDistributed { get; }

    /// <summary>Waits for the lock until it is granted, the request's timeout has passed, or the wait is cancelled.</summary>
    /// <exception cref="LockTimeoutException">The lock was not granted in time.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> or the request's <see cref="LockRequest.Lifetime"/> was cancelled.
    /// </exception>
    ValueTask<LockGuard> AcquireAsync(in LockRequest request, CancellationToken cancellationToken);

    /// <summary>As <see cref="AcquireAsync"/>, but answers null where that throws <see cref="LockTimeoutException"/>.</summary>
    ValueTask<LockGuard?> TryAcquireAsync(in LockRequest request, CancellationToken cancellationToken);

    /// <summary>Who holds and who waits for what, among this process's requests, as it was at one moment for each key.</summary>
    IReadOnlyList<LockSnapshot> Snapshot();
}
