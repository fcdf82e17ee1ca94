using System.Runtime.CompilerServices;

namespace GoGoScope;

// Guards of keys held for reading, without a lock object in between.
public sealed partial class Scope
{
    /// <summary>Waits for <paramref name="key"/>, to hold it together with other readers. The guard is released at the latest with the scope.</summary>
    /// <param name="key">The resource; not empty and not white space.</param>
    /// <param name="cancellationToken">Gives up the wait, as the end of the scope does.</param>
    /// <returns>The guard; dispose it to release the key.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty or white space.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled, by the token or by the end of the scope.</exception>
    /// <exception cref="KeyInOtherUseException">The key is in use as a semaphore.</exception>
    /// <exception cref="LockProviderException">Over a store: it could not be used for <see cref="LeaseOptions.StoreTimeout"/>, or did not answer within the timeout, more than <see cref="LeaseOptions.MaxWaiters"/> wait, or the provider was disposed.</exception>
    /// <exception cref="ObjectDisposedException">The scope has ended.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard> AcquireReadLockAsync(string key, CancellationToken cancellationToken = default) =>
        AcquireKey(key, LockMode.Read, null, AcquireOptions.Default, cancellationToken);

    /// <summary>Waits for <paramref name="key"/>, to hold it together with other readers, on a lease of <paramref name="timeToLive"/>.</summary>
    /// <param name="key">The resource; not empty and not white space.</param>
    /// <param name="timeToLive">The lease, not the wait: how long others wait after a crash of this process; more than zero. The lease is renewed as long as the guard lives.</param>
    /// <param name="cancellationToken">Gives up the wait, as the end of the scope does.</param>
    /// <returns>The guard; dispose it to release the key.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeToLive"/> is zero or negative.</exception>
    /// <inheritdoc cref="AcquireReadLockAsync(string, CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard> AcquireReadLockAsync(string key, TimeSpan timeToLive, CancellationToken cancellationToken = default) =>
        AcquireKey(key, LockMode.Read, Ensure.Positive(timeToLive), AcquireOptions.Default, cancellationToken);

    /// <summary>Waits for <paramref name="key"/>, to hold it together with other readers, as <paramref name="options"/> say.</summary>
    /// <param name="key">The resource; not empty and not white space.</param>
    /// <param name="options">Timeout and priority.</param>
    /// <param name="cancellationToken">Gives up the wait, as the end of the scope does.</param>
    /// <returns>The guard; dispose it to release the key.</returns>
    /// <exception cref="LockTimeoutException">The key was not granted in time.</exception>
    /// <inheritdoc cref="AcquireReadLockAsync(string, CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard> AcquireReadLockAsync(string key, AcquireOptions options, CancellationToken cancellationToken = default) =>
        AcquireKey(key, LockMode.Read, null, Ensure.NotNull(options), cancellationToken);

    /// <summary>Waits for <paramref name="key"/>, to hold it together with other readers, as <paramref name="options"/> say, on a lease of <paramref name="timeToLive"/>.</summary>
    /// <param name="key">The resource; not empty and not white space.</param>
    /// <param name="timeToLive">The lease, not the wait: how long others wait after a crash of this process; more than zero. The lease is renewed as long as the guard lives.</param>
    /// <param name="options">Timeout and priority.</param>
    /// <param name="cancellationToken">Gives up the wait, as the end of the scope does.</param>
    /// <returns>The guard; dispose it to release the key.</returns>
    /// <exception cref="LockTimeoutException">The key was not granted in time.</exception>
    /// <inheritdoc cref="AcquireReadLockAsync(string, TimeSpan, CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard> AcquireReadLockAsync(string key, TimeSpan timeToLive, AcquireOptions options, CancellationToken cancellationToken = default) =>
        AcquireKey(key, LockMode.Read, Ensure.Positive(timeToLive), Ensure.NotNull(options), cancellationToken);

    /// <summary>Takes <paramref name="key"/> if that is possible without waiting.</summary>
    /// <inheritdoc cref="AcquireReadLockAsync(string, CancellationToken)" path="/param"/>
    /// <returns>The guard, or null.</returns>
    /// <inheritdoc cref="AcquireReadLockAsync(string, CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard?> TryAcquireReadLockAsync(string key, CancellationToken cancellationToken = default) =>
        TryAcquireKey(key, LockMode.Read, null, AcquireOptions.Default, cancellationToken);

    /// <summary>Takes <paramref name="key"/>, on a lease of <paramref name="timeToLive"/>, if that is possible without waiting.</summary>
    /// <inheritdoc cref="AcquireReadLockAsync(string, TimeSpan, CancellationToken)" path="/param"/>
    /// <returns>The guard, or null.</returns>
    /// <inheritdoc cref="AcquireReadLockAsync(string, TimeSpan, CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard?> TryAcquireReadLockAsync(string key, TimeSpan timeToLive, CancellationToken cancellationToken = default) =>
        TryAcquireKey(key, LockMode.Read, Ensure.Positive(timeToLive), AcquireOptions.Default, cancellationToken);

    /// <summary>As <see cref="AcquireReadLockAsync(string, AcquireOptions, CancellationToken)"/>, but answers null instead of throwing when the time is up, which is at once if <see cref="AcquireOptions.Timeout"/> is not set.</summary>
    /// <inheritdoc cref="AcquireReadLockAsync(string, AcquireOptions, CancellationToken)" path="/param"/>
    /// <returns>The guard, or null if the key was not granted in time.</returns>
    /// <inheritdoc cref="AcquireReadLockAsync(string, CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard?> TryAcquireReadLockAsync(string key, AcquireOptions options, CancellationToken cancellationToken = default) =>
        TryAcquireKey(key, LockMode.Read, null, Ensure.NotNull(options), cancellationToken);

    /// <summary>As <see cref="AcquireReadLockAsync(string, TimeSpan, AcquireOptions, CancellationToken)"/>, but answers null instead of throwing when the time is up, which is at once if <see cref="AcquireOptions.Timeout"/> is not set.</summary>
    /// <inheritdoc cref="AcquireReadLockAsync(string, TimeSpan, AcquireOptions, CancellationToken)" path="/param"/>
    /// <returns>The guard, or null if the key was not granted in time.</returns>
    /// <inheritdoc cref="AcquireReadLockAsync(string, TimeSpan, CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard?> TryAcquireReadLockAsync(string key, TimeSpan timeToLive, AcquireOptions options, CancellationToken cancellationToken = default) =>
        TryAcquireKey(key, LockMode.Read, Ensure.Positive(timeToLive), Ensure.NotNull(options), cancellationToken);
}
