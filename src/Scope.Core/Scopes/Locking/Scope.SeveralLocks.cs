namespace GoGoScope;

// Several keys at once, all or none.
public sealed partial class Scope
{
    /// <summary>
    /// Waits for all of <paramref name="keys"/>, to hold them exclusively. They are taken one after another, in their own order, so
    /// that those who want the same keys never wait for each other, whatever order they name them in. A call that fails to get one keeps none.
    /// The guards are released at the latest with the scope.
    /// </summary>
    /// <param name="keys">Any number of resources, none of them twice; not empty and not white space.</param>
    /// <param name="cancellationToken">Gives up the wait, as the end of the scope does.</param>
    /// <returns>One guard for all; dispose it to release the keys.</returns>
    /// <exception cref="ArgumentException">A key is empty or white space, or there twice.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled, by the token or by the end of the scope.</exception>
    /// <exception cref="KeyInOtherUseException">One of the keys is in use as a semaphore.</exception>
    /// <exception cref="LeaseLostException">The lease of one ended while the others were waited for: it is not renewed, or could not be, because of a pause or of the store. Nothing is kept.</exception>
    /// <exception cref="LockProviderException">Over a store: it could not be used for <see cref="LeaseOptions.StoreTimeout"/>, or did not answer within the timeout, more than <see cref="LeaseOptions.MaxWaiters"/> wait, or the provider was disposed.</exception>
    /// <exception cref="ObjectDisposedException">The scope has ended.</exception>
    public ValueTask<LockGuardSet> AcquireLocksAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default) =>
        AcquireKeys(keys, null, AcquireOptions.Default, cancellationToken);

    /// <summary>As <see cref="AcquireLocksAsync(IEnumerable{string}, CancellationToken)"/>, on leases of <paramref name="timeToLive"/>.</summary>
    /// <param name="keys">Any number of resources, none of them twice; not empty and not white space.</param>
    /// <param name="timeToLive">The leases, not the wait: how long others wait after a crash of this process; more than zero. The leases are renewed as long as the guard lives.</param>
    /// <param name="cancellationToken">Gives up the wait, as the end of the scope does.</param>
    /// <returns>One guard for all; dispose it to release the keys.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeToLive"/> is zero or negative.</exception>
    /// <inheritdoc cref="AcquireLocksAsync(IEnumerable{string}, CancellationToken)" path="/exception"/>
    public ValueTask<LockGuardSet> AcquireLocksAsync(IEnumerable<string> keys, TimeSpan timeToLive, CancellationToken cancellationToken = default) =>
        AcquireKeys(keys, Ensure.Positive(timeToLive), AcquireOptions.Default, cancellationToken);

    /// <summary>As <see cref="AcquireLocksAsync(IEnumerable{string}, CancellationToken)"/>, as <paramref name="options"/> say.</summary>
    /// <param name="keys">Any number of resources, none of them twice; not empty and not white space.</param>
    /// <param name="options">The timeout for all together, and the priority among those who wait for each.</param>
    /// <param name="cancellationToken">Gives up the wait, as the end of the scope does.</param>
    /// <returns>One guard for all; dispose it to release the keys.</returns>
    /// <exception cref="LockTimeoutException">Not all were granted in time; the exception names the first key that was not.</exception>
    /// <inheritdoc cref="AcquireLocksAsync(IEnumerable{string}, CancellationToken)" path="/exception"/>
    public ValueTask<LockGuardSet> AcquireLocksAsync(IEnumerable<string> keys, AcquireOptions options, CancellationToken cancellationToken = default) =>
        AcquireKeys(keys, null, Ensure.NotNull(options), cancellationToken);

    /// <summary>As <see cref="AcquireLocksAsync(IEnumerable{string}, CancellationToken)"/>, as <paramref name="options"/> say, on leases of <paramref name="timeToLive"/>.</summary>
    /// <param name="keys">Any number of resources, none of them twice; not empty and not white space.</param>
    /// <param name="timeToLive">The leases, not the wait: how long others wait after a crash of this process; more than zero. The leases are renewed as long as the guard lives.</param>
    /// <param name="options">The timeout for all together, and the priority among those who wait for each.</param>
    /// <param name="cancellationToken">Gives up the wait, as the end of the scope does.</param>
    /// <returns>One guard for all; dispose it to release the keys.</returns>
    /// <exception cref="LockTimeoutException">Not all were granted in time; the exception names the first key that was not.</exception>
    /// <inheritdoc cref="AcquireLocksAsync(IEnumerable{string}, TimeSpan, CancellationToken)" path="/exception"/>
    public ValueTask<LockGuardSet> AcquireLocksAsync(IEnumerable<string> keys, TimeSpan timeToLive, AcquireOptions options, CancellationToken cancellationToken = default) =>
        AcquireKeys(keys, Ensure.Positive(timeToLive), Ensure.NotNull(options), cancellationToken);

    /// <summary>Takes all of <paramref name="keys"/> if that is possible without waiting.</summary>
    /// <inheritdoc cref="AcquireLocksAsync(IEnumerable{string}, CancellationToken)" path="/param"/>
    /// <returns>One guard for all, or null.</returns>
    /// <inheritdoc cref="AcquireLocksAsync(IEnumerable{string}, CancellationToken)" path="/exception"/>
    public ValueTask<LockGuardSet?> TryAcquireLocksAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default) =>
        TryAcquireKeys(keys, null, AcquireOptions.Default, cancellationToken);

    /// <summary>Takes all of <paramref name="keys"/>, on leases of <paramref name="timeToLive"/>, if that is possible without waiting.</summary>
    /// <inheritdoc cref="AcquireLocksAsync(IEnumerable{string}, TimeSpan, CancellationToken)" path="/param"/>
    /// <returns>One guard for all, or null.</returns>
    /// <inheritdoc cref="AcquireLocksAsync(IEnumerable{string}, TimeSpan, CancellationToken)" path="/exception"/>
    public ValueTask<LockGuardSet?> TryAcquireLocksAsync(IEnumerable<string> keys, TimeSpan timeToLive, CancellationToken cancellationToken = default) =>
        TryAcquireKeys(keys, Ensure.Positive(timeToLive), AcquireOptions.Default, cancellationToken);

    /// <summary>As <see cref="AcquireLocksAsync(IEnumerable{string}, AcquireOptions, CancellationToken)"/>, but answers null instead of throwing when the time is up, which is at once if <see cref="AcquireOptions.Timeout"/> is not set.</summary>
    /// <inheritdoc cref="AcquireLocksAsync(IEnumerable{string}, AcquireOptions, CancellationToken)" path="/param"/>
    /// <returns>One guard for all, or null if not all were granted in time.</returns>
    /// <inheritdoc cref="AcquireLocksAsync(IEnumerable{string}, CancellationToken)" path="/exception"/>
    public ValueTask<LockGuardSet?> TryAcquireLocksAsync(IEnumerable<string> keys, AcquireOptions options, CancellationToken cancellationToken = default) =>
        TryAcquireKeys(keys, null, Ensure.NotNull(options), cancellationToken);

    /// <summary>As <see cref="AcquireLocksAsync(IEnumerable{string}, TimeSpan, AcquireOptions, CancellationToken)"/>, but answers null instead of throwing when the time is up, which is at once if <see cref="AcquireOptions.Timeout"/> is not set.</summary>
    /// <inheritdoc cref="AcquireLocksAsync(IEnumerable{string}, TimeSpan, AcquireOptions, CancellationToken)" path="/param"/>
    /// <returns>One guard for all, or null if not all were granted in time.</returns>
    /// <inheritdoc cref="AcquireLocksAsync(IEnumerable{string}, TimeSpan, CancellationToken)" path="/exception"/>
    public ValueTask<LockGuardSet?> TryAcquireLocksAsync(IEnumerable<string> keys, TimeSpan timeToLive, AcquireOptions options, CancellationToken cancellationToken = default) =>
        TryAcquireKeys(keys, Ensure.Positive(timeToLive), Ensure.NotNull(options), cancellationToken);

    private ValueTask<LockGuardSet> AcquireKeys(IEnumerable<string> keys, TimeSpan? timeToLive, AcquireOptions options, CancellationToken cancellationToken) =>
        new(new SeveralKeys(this, keys, timeToLive).AcquireAllAsync(options, cancellationToken));

    private ValueTask<LockGuardSet?> TryAcquireKeys(IEnumerable<string> keys, TimeSpan? timeToLive, AcquireOptions options, CancellationToken cancellationToken) =>
        new(new SeveralKeys(this, keys, timeToLive).TryAcquireAllAsync(options, cancellationToken));
}
