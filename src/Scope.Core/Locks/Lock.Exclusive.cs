using System.Runtime.CompilerServices;

namespace GoGoScope;

// Exclusive: one holder, who excludes everybody else.
public sealed partial class Lock
{
    /// <summary>Waits for the lock exclusively.</summary>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>The guard; dispose it to release the lock.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled, by the token or by the end of the scope.</exception>
    /// <exception cref="KeyInOtherUseException">The key is in use as a semaphore.</exception>
    /// <exception cref="LockProviderException">Over a store: it could not be used for <see cref="LeaseOptions.StoreTimeout"/>, or did not answer within the timeout, more than <see cref="LeaseOptions.MaxWaiters"/> wait, or the provider was disposed.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, before or during the wait.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard> AcquireAsync(CancellationToken cancellationToken = default) =>
        Acquire(LockMode.Exclusive, 0, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Waits for the lock exclusively, at most <paramref name="timeout"/>.</summary>
    /// <param name="timeout">The longest wait; zero tries once, <see cref="Timeout.InfiniteTimeSpan"/> has no end.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>The guard; dispose it to release the lock.</returns>
    /// <exception cref="LockTimeoutException">The lock was not granted in time.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled, by the token or by the end of the scope.</exception>
    /// <exception cref="KeyInOtherUseException">The key is in use as a semaphore.</exception>
    /// <exception cref="LockProviderException">Over a store: it could not be used for <see cref="LeaseOptions.StoreTimeout"/>, or did not answer within the timeout, more than <see cref="LeaseOptions.MaxWaiters"/> wait, or the provider was disposed.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, before or during the wait.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard> AcquireAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Acquire(LockMode.Exclusive, 0, Ensure.Timeout(timeout), cancellationToken);

    /// <summary>Waits for the lock exclusively, as <paramref name="options"/> say.</summary>
    /// <param name="options">Timeout and priority.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>The guard; dispose it to release the lock.</returns>
    /// <exception cref="LockTimeoutException">The lock was not granted in time.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled, by the token or by the end of the scope.</exception>
    /// <exception cref="KeyInOtherUseException">The key is in use as a semaphore.</exception>
    /// <exception cref="LockProviderException">Over a store: it could not be used for <see cref="LeaseOptions.StoreTimeout"/>, or did not answer within the timeout, more than <see cref="LeaseOptions.MaxWaiters"/> wait, or the provider was disposed.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, before or during the wait.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard> AcquireAsync(AcquireOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Acquire(LockMode.Exclusive, options.Priority, options.Wait, cancellationToken);
    }

    /// <summary>Takes the lock exclusively if that is possible without waiting.</summary>
    /// <param name="cancellationToken">Gives up the attempt, where that takes a round trip to a store.</param>
    /// <returns>The guard, or null.</returns>
    /// <inheritdoc cref="AcquireAsync(CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard?> TryAcquireAsync(CancellationToken cancellationToken = default) =>
        TryAcquire(LockMode.Exclusive, 0, TimeSpan.Zero, cancellationToken);

    /// <summary>Waits for the lock exclusively, at most <paramref name="timeout"/>.</summary>
    /// <param name="timeout">The longest wait; zero tries once, <see cref="Timeout.InfiniteTimeSpan"/> has no end.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>The guard, or null if the lock was not granted in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="AcquireAsync(CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard?> TryAcquireAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TryAcquire(LockMode.Exclusive, 0, Ensure.Timeout(timeout), cancellationToken);

    /// <summary>Waits for the lock exclusively, as <paramref name="options"/> say; without waiting if <see cref="AcquireOptions.Timeout"/> is not set.</summary>
    /// <param name="options">Timeout and priority.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>The guard, or null if the lock was not granted in time.</returns>
    /// <inheritdoc cref="AcquireAsync(CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<LockGuard?> TryAcquireAsync(AcquireOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return TryAcquire(LockMode.Exclusive, options.Priority, options.WaitOfTry, cancellationToken);
    }
}
