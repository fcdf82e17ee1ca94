using System.Runtime.CompilerServices;

namespace GoGoScope;

// One permit.
public sealed partial class AsyncSemaphore
{
    /// <summary>Waits for a permit.</summary>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>The guard; dispose it to give it back.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled, by the token or by the end of the scope.</exception>
    /// <exception cref="LockProviderException">With a key, over a store: it could not be used for <see cref="LeaseOptions.StoreTimeout"/>, or did not answer within the timeout, more than <see cref="LeaseOptions.MaxWaiters"/> wait, or the provider was disposed.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed, before or during the wait.</exception>
    /// <exception cref="KeyInOtherUseException">The key is in use as something else.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<SemaphoreGuard> AcquireAsync(CancellationToken cancellationToken = default) =>
        Acquire(1, 0, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Waits for a permit, at most <paramref name="timeout"/>.</summary>
    /// <param name="timeout">The longest wait; zero tries once, <see cref="Timeout.InfiniteTimeSpan"/> has no end.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>The guard; dispose it to give it back.</returns>
    /// <exception cref="SemaphoreTimeoutException">It was not granted in time.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled, by the token or by the end of the scope.</exception>
    /// <exception cref="LockProviderException">With a key, over a store: it could not be used for <see cref="LeaseOptions.StoreTimeout"/>, or did not answer within the timeout, more than <see cref="LeaseOptions.MaxWaiters"/> wait, or the provider was disposed.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed, before or during the wait.</exception>
    /// <exception cref="KeyInOtherUseException">The key is in use as something else.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<SemaphoreGuard> AcquireAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Acquire(1, 0, Ensure.Timeout(timeout), cancellationToken);

    /// <summary>Waits for a permit, as <paramref name="options"/> say.</summary>
    /// <param name="options">Timeout and priority.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>The guard; dispose it to give it back.</returns>
    /// <exception cref="SemaphoreTimeoutException">It was not granted in time.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled, by the token or by the end of the scope.</exception>
    /// <exception cref="LockProviderException">With a key, over a store: it could not be used for <see cref="LeaseOptions.StoreTimeout"/>, or did not answer within the timeout, more than <see cref="LeaseOptions.MaxWaiters"/> wait, or the provider was disposed.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed, before or during the wait.</exception>
    /// <exception cref="KeyInOtherUseException">The key is in use as something else.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<SemaphoreGuard> AcquireAsync(AcquireOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Acquire(1, options.Priority, options.Wait, cancellationToken);
    }

    /// <summary>Takes a permit if that is possible without waiting.</summary>
    /// <param name="cancellationToken">Refuses the attempt if it is cancelled.</param>
    /// <returns>The guard, or null.</returns>
    /// <inheritdoc cref="AcquireAsync(CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<SemaphoreGuard?> TryAcquireAsync(CancellationToken cancellationToken = default) =>
        TryAcquire(1, 0, TimeSpan.Zero, cancellationToken);

    /// <summary>Waits for a permit, at most <paramref name="timeout"/>.</summary>
    /// <param name="timeout">The longest wait; zero tries once, <see cref="Timeout.InfiniteTimeSpan"/> has no end.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>The guard, or null if it was not granted in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="AcquireAsync(CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<SemaphoreGuard?> TryAcquireAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TryAcquire(1, 0, Ensure.Timeout(timeout), cancellationToken);

    /// <summary>Waits for a permit, as <paramref name="options"/> say; without waiting if <see cref="AcquireOptions.Timeout"/> is not set.</summary>
    /// <param name="options">Timeout and priority.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>The guard, or null if it was not granted in time.</returns>
    /// <inheritdoc cref="AcquireAsync(CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<SemaphoreGuard?> TryAcquireAsync(AcquireOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return TryAcquire(1, options.Priority, options.WaitOfTry, cancellationToken);
    }
}
