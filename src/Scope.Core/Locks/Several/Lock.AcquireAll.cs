namespace GoGoScope;

// Several locks at once, all or none.
public sealed partial class Lock
{
    /// <summary>The clock of waits for this lock.</summary>
    internal TimeProvider TimeProvider => _options.TimeProvider ?? _scope?.TimeProvider ?? TimeProvider.System;

    /// <summary>Where the key lives; null for a lock without one.</summary>
    internal ILockProvider? Provider => _provider;

    /// <summary>
    /// Waits for all of <paramref name="locks"/>, to hold them exclusively. They are taken one after another, in the order of their
    /// keys, so that those who want the same locks never wait for each other, whatever order they name them in. Who fails to
    /// get one keeps none.
    /// </summary>
    /// <param name="locks">Any number of locks, none of them twice.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>One guard for all; dispose it to release the locks.</returns>
    /// <exception cref="ArgumentException">One of the locks is null, or two are of the same key on the same provider.</exception>
    /// <exception cref="LeaseLostException">The lease of one ended while the others were waited for: it is not renewed, or could not be, because of a pause or of the store. Nothing is kept.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled, by the token or by the end of a scope.</exception>
    /// <exception cref="KeyInOtherUseException">One of the keys is in use as a semaphore.</exception>
    /// <exception cref="LockProviderException">Over a store: it could not be used for <see cref="LeaseOptions.StoreTimeout"/>, or did not answer within the timeout, more than <see cref="LeaseOptions.MaxWaiters"/> wait, or the provider was disposed.</exception>
    /// <exception cref="ObjectDisposedException">One of the locks was disposed, before or during the wait.</exception>
    public static ValueTask<LockGuardSet> AcquireAllAsync(IEnumerable<Lock> locks, CancellationToken cancellationToken = default) =>
        AcquireAllAsync(locks, AcquireOptions.Default, cancellationToken);

    /// <summary>As <see cref="AcquireAllAsync(IEnumerable{Lock}, CancellationToken)"/>, at most <paramref name="timeout"/> for all of them together.</summary>
    /// <param name="locks">Any number of locks, none of them twice.</param>
    /// <param name="timeout">The longest wait for all; zero tries each once, <see cref="Timeout.InfiniteTimeSpan"/> has no end.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>One guard for all; dispose it to release the locks.</returns>
    /// <exception cref="LockTimeoutException">Not all were granted in time; the exception names the key of the first that was not.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="AcquireAllAsync(IEnumerable{Lock}, CancellationToken)" path="/exception"/>
    public static ValueTask<LockGuardSet> AcquireAllAsync(IEnumerable<Lock> locks, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        AcquireAllAsync(locks, new AcquireOptions { Timeout = Ensure.Timeout(timeout) }, cancellationToken);

    /// <summary>As <see cref="AcquireAllAsync(IEnumerable{Lock}, CancellationToken)"/>, as <paramref name="options"/> say.</summary>
    /// <param name="locks">Any number of locks, none of them twice.</param>
    /// <param name="options">The timeout for all together, and the priority among those who wait for each.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>One guard for all; dispose it to release the locks.</returns>
    /// <exception cref="LockTimeoutException">Not all were granted in time; the exception names the key of the first that was not.</exception>
    /// <inheritdoc cref="AcquireAllAsync(IEnumerable{Lock}, CancellationToken)" path="/exception"/>
    public static ValueTask<LockGuardSet> AcquireAllAsync(IEnumerable<Lock> locks, AcquireOptions options, CancellationToken cancellationToken = default) =>
        new(new SeveralLockObjects(locks).AcquireAllAsync(Ensure.NotNull(options), cancellationToken));

    /// <summary>Takes all of <paramref name="locks"/> if that is possible without waiting.</summary>
    /// <param name="locks">Any number of locks, none of them twice.</param>
    /// <param name="cancellationToken">Gives up the attempt, where that takes round trips to a store.</param>
    /// <returns>One guard for all, or null.</returns>
    /// <inheritdoc cref="AcquireAllAsync(IEnumerable{Lock}, CancellationToken)" path="/exception"/>
    public static ValueTask<LockGuardSet?> TryAcquireAllAsync(IEnumerable<Lock> locks, CancellationToken cancellationToken = default) =>
        TryAcquireAllAsync(locks, AcquireOptions.Default, cancellationToken);

    /// <summary>As <see cref="AcquireAllAsync(IEnumerable{Lock}, TimeSpan, CancellationToken)"/>, but answers null instead of throwing when the time is up.</summary>
    /// <inheritdoc cref="AcquireAllAsync(IEnumerable{Lock}, TimeSpan, CancellationToken)" path="/param"/>
    /// <returns>One guard for all, or null if not all were granted in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="AcquireAllAsync(IEnumerable{Lock}, CancellationToken)" path="/exception"/>
    public static ValueTask<LockGuardSet?> TryAcquireAllAsync(IEnumerable<Lock> locks, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TryAcquireAllAsync(locks, new AcquireOptions { Timeout = Ensure.Timeout(timeout) }, cancellationToken);

    /// <summary>As <see cref="AcquireAllAsync(IEnumerable{Lock}, AcquireOptions, CancellationToken)"/>, but answers null instead of throwing when the time is up, which is at once if <see cref="AcquireOptions.Timeout"/> is not set.</summary>
    /// <inheritdoc cref="AcquireAllAsync(IEnumerable{Lock}, AcquireOptions, CancellationToken)" path="/param"/>
    /// <returns>One guard for all, or null if not all were granted in time.</returns>
    /// <inheritdoc cref="AcquireAllAsync(IEnumerable{Lock}, CancellationToken)" path="/exception"/>
    public static ValueTask<LockGuardSet?> TryAcquireAllAsync(IEnumerable<Lock> locks, AcquireOptions options, CancellationToken cancellationToken = default) =>
        new(new SeveralLockObjects(locks).TryAcquireAllAsync(Ensure.NotNull(options), cancellationToken));
}
