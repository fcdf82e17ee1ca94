using System.Runtime.CompilerServices;

namespace GoGoScope;

// Guards of keys held for writing, without a lock object in between.
public sealed partial class Scope
{
    /// <summary>Waits for <paramref name="key"/>, to hold it exclusively, as a writer among readers. The guard is released at the latest with the scope.</summary>
    /// <param name="key">The resource; not empty and not white space.</param>
    /// <param name="cancellationToken">Gives up the wait, as the end of the scope does.</param>
    /// <returns>The guard; dispose it to release the key.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty or white space.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled, by the token or by the end of the scope.</exception>
    /// <exception cref="KeyInOtherUseException">The key is in use as a semaphore.</exception>
    /// <exception cref="LockProviderException">Over a store: it could not be used for <see cref="LeaseOptions.StoreTimeout"/>, or did not answer within the timeout, more than <see cref="LeaseOptions.MaxWaiters"/> wait, or the provider was disposed.</exception>
    /// <exception cref="ObjectDisposedException">The scope has ended.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard> AcquireWriteLockAsync(string key, CancellationToken cancellationToken = default) =>
        AcquireKey(key, LockMode.Exclusive, null, AcquireOptions.Default, cancellationToken);

    /// <summary>Waits for <paramref name="key"/>, to hold it exclusively, as a writer among readers, on a lease of <paramref name="timeToLive"/>.</summary>
    /// <param name="key">The resource; not empty and not white space.</param>
    /// <param name="timeToLive">The lease, not the wait: how long others wait after a crash of this process; more than zero. The lease is renewed as long as the guard lives.</param>
    /// <param name="cancellationToken">Gives up the wait, as the end of the scope does.</param>
    /// <returns>The guard; dispose it to release the key.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeToLive"/> is zero or negative.</exception>
    /// <inheritdoc cref="AcquireWriteLockAsync(string, CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard> AcquireWriteLockAsync(string key, TimeSpan timeToLive, CancellationToken cancellationToken = default) =>
        AcquireKey(key, LockMode.Exclusive, Ensure.Positive(timeToLive), AcquireOptions.Default, cancellationToken);

    /// <summary>Waits for <paramref name="key"/>, to hold it exclusively, as a writer among readers, as <paramref name="options"/> say.</summary>
    /// <param name="key">The resource; not empty and not white space.</param>
    /// <param name="options">Timeout and priority.</param>
    /// <param name="cancellationToken">Gives up the wait, as the end of the scope does.</param>
    /// <returns>The guard; dispose it to release the key.</returns>
    /// <exception cref="LockTimeoutException">The key was not granted in time.</exception>
    /// <inheritdoc cref="AcquireWriteLockAsync(string, CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard> AcquireWriteLockAsync(string key, AcquireOptions options, CancellationToken cancellationToken = default) =>
        AcquireKey(key, LockMode.Exclusive, null, Ensure.NotNull(options), cancellationToken);

    /// <summary>Waits for <paramref name="key"/>, to hold it exclusively, as a writer among readers, as <paramref name="options"/> say, on a lease of <paramref name="timeToLive"/>.</summary>
    /// <param name="key">The resource; not empty and not white space.</param>
    /// <param name="timeToLive">The lease, not the wait: how long others wait after a crash of this process; more than zero. The lease is renewed as long as the guard lives.</param>
    /// <param name="options">Timeout and priority.</param>
    /// <param name="cancellationToken">Gives up the wait, as the end of the scope does.</param>
    /// <returns>The guard; dispose it to release the key.</returns>
    /// <exception cref="LockTimeoutException">The key was not granted in time.</exception>
    /// <inheritdoc cref="AcquireWriteLockAsync(string, TimeSpan, CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard> AcquireWriteLockAsync(string key, TimeSpan timeToLive, AcquireOptions options, CancellationToken cancellationToken = default) =>
        AcquireKey(key, LockMode.Exclusive, Ensure.Positive(timeToLive), Ensure.NotNull(options), cancellationToken);

    /// <summary>Takes <paramref name="key"/> if that is possible without waiting.</summary>
    /// <inheritdoc cref="AcquireWriteLockAsync(string, CancellationToken)" path="/param"/>
    /// <returns>The guard, or null.</returns>
    /// <inheritdoc cref="AcquireWriteLockAsync(string, CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard?> TryAcquireWriteLockAsync(string key, CancellationToken cancellationToken = default) =>
        TryAcquireKey(key, LockMode.Exclusive, null, AcquireOptions.Default, cancellationToken);

    /// <summary>Takes <paramref name="key"/>, on a lease of <paramref name="timeToLive"/>, if that is possible without waiting.</summary>
    /// <inheritdoc cref="AcquireWriteLockAsync(string, TimeSpan, CancellationToken)" path="/param"/>
    /// <returns>The guard, or null.</returns>
    /// <inheritdoc cref="AcquireWriteLockAsync(string, TimeSpan, CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard?> TryAcquireWriteLockAsync(string key, TimeSpan timeToLive, CancellationToken cancellationToken = default) =>
        TryAcquireKey(key, LockMode.Exclusive, Ensure.Positive(timeToLive), AcquireOptions.Default, cancellationToken);

    /// <summary>As <see cref="AcquireWriteLockAsync(string, AcquireOptions, CancellationToken)"/>, but answers null instead of throwing when the time is up, which is at once if <see cref="AcquireOptions.Timeout"/> is not set.</summary>
    /// <inheritdoc cref="AcquireWriteLockAsync(string, AcquireOptions, CancellationToken)" path="/param"/>
    /// <returns>The guard, or null if the key was not granted in time.</returns>
    /// <inheritdoc cref="AcquireWriteLockAsync(string, CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard?> TryAcquireWriteLockAsync(string key, AcquireOptions options, CancellationToken cancellationToken = default) =>
        TryAcquireKey(key, LockMode.Exclusive, null, Ensure.NotNull(options), cancellationToken);

    /// <summary>As <see cref="AcquireWriteLockAsync(string, TimeSpan, AcquireOptions, CancellationToken)"/>, but answers null instead of throwing when the time is up, which is at once if <see cref="AcquireOptions.Timeout"/> is not set.</summary>
    /// <inheritdoc cref="AcquireWriteLockAsync(string, TimeSpan, AcquireOptions, CancellationToken)" path="/param"/>
    /// <returns>The guard, or null if the key was not granted in time.</returns>
    /// <inheritdoc cref="AcquireWriteLockAsync(string, TimeSpan, CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard?> TryAcquireWriteLockAsync(string key, TimeSpan timeToLive, AcquireOptions options, CancellationToken cancellationToken = default) =>
        TryAcquireKey(key, LockMode.Exclusive, Ensure.Positive(timeToLive), Ensure.NotNull(options), cancellationToken);
}
