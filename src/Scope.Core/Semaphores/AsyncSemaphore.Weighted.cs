using System.Runtime.CompilerServices;

namespace GoGoScope;

// Several permits at once: all of them, or none.
public sealed partial class AsyncSemaphore
{
    /// <summary>Waits for <paramref name="weight"/> permits.</summary>
    /// <param name="weight">How many permits, from 1 to <see cref="Permits"/>: all of them, or none.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>The guard; dispose it to give them back.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="weight"/> is less than 1, or more than <see cref="Permits"/>.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled, by the token or by the end of the scope.</exception>
    /// <exception cref="LockProviderException">With a key, over a store: it could not be used for <see cref="LeaseOptions.StoreTimeout"/>, or did not answer within the timeout, more than <see cref="LeaseOptions.MaxWaiters"/> wait, or the provider was disposed.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed, before or during the wait.</exception>
    /// <exception cref="KeyInOtherUseException">The key is in use as something else.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<SemaphoreGuard> AcquireAsync(int weight, CancellationToken cancellationToken = default) =>
        Acquire(Checked(weight), 0, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Waits for <paramref name="weight"/> permits, at most <paramref name="timeout"/>.</summary>
    /// <param name="weight">How many permits, from 1 to <see cref="Permits"/>: all of them, or none.</param>
    /// <param name="timeout">The longest wait; zero tries once, <see cref="Timeout.InfiniteTimeSpan"/> has no end.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>The guard; dispose it to give them back.</returns>
    /// <exception cref="SemaphoreTimeoutException">They were not granted in time.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="weight"/> is not from 1 to <see cref="Permits"/>, or <paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled, by the token or by the end of the scope.</exception>
    /// <exception cref="LockProviderException">With a key, over a store: it could not be used for <see cref="LeaseOptions.StoreTimeout"/>, or did not answer within the timeout, more than <see cref="LeaseOptions.MaxWaiters"/> wait, or the provider was disposed.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed, before or during the wait.</exception>
    /// <exception cref="KeyInOtherUseException">The key is in use as something else.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<SemaphoreGuard> AcquireAsync(int weight, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Acquire(Checked(weight), 0, Ensure.Timeout(timeout), cancellationToken);

    /// <summary>Waits for <paramref name="weight"/> permits, as <paramref name="options"/> say.</summary>
    /// <param name="weight">How many permits, from 1 to <see cref="Permits"/>: all of them, or none.</param>
    /// <param name="options">Timeout and priority.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>The guard; dispose it to give them back.</returns>
    /// <exception cref="SemaphoreTimeoutException">They were not granted in time.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="weight"/> is less than 1, or more than <see cref="Permits"/>.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled, by the token or by the end of the scope.</exception>
    /// <exception cref="LockProviderException">With a key, over a store: it could not be used for <see cref="LeaseOptions.StoreTimeout"/>, or did not answer within the timeout, more than <see cref="LeaseOptions.MaxWaiters"/> wait, or the provider was disposed.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed, before or during the wait.</exception>
    /// <exception cref="KeyInOtherUseException">The key is in use as something else.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<SemaphoreGuard> AcquireAsync(int weight, AcquireOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Acquire(Checked(weight), options.Priority, options.Wait, cancellationToken);
    }

    /// <summary>Takes <paramref name="weight"/> permits if that is possible without waiting.</summary>
    /// <param name="weight">How many permits, from 1 to <see cref="Permits"/>: all of them, or none.</param>
    /// <param name="cancellationToken">Refuses the attempt if it is cancelled.</param>
    /// <returns>The guard, or null.</returns>
    /// <inheritdoc cref="AcquireAsync(int, CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<SemaphoreGuard?> TryAcquireAsync(int weight, CancellationToken cancellationToken = default) =>
        TryAcquire(Checked(weight), 0, TimeSpan.Zero, cancellationToken);

    /// <summary>Waits for <paramref name="weight"/> permits, at most <paramref name="timeout"/>.</summary>
    /// <param name="weight">How many permits, from 1 to <see cref="Permits"/>: all of them, or none.</param>
    /// <param name="timeout">The longest wait; zero tries once, <see cref="Timeout.InfiniteTimeSpan"/> has no end.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>The guard, or null if they were not granted in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="weight"/> is not from 1 to <see cref="Permits"/>, or <paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="AcquireAsync(int, CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<SemaphoreGuard?> TryAcquireAsync(int weight, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TryAcquire(Checked(weight), 0, Ensure.Timeout(timeout), cancellationToken);

    /// <summary>Waits for <paramref name="weight"/> permits, as <paramref name="options"/> say; without waiting if <see cref="AcquireOptions.Timeout"/> is not set.</summary>
    /// <param name="weight">How many permits, from 1 to <see cref="Permits"/>: all of them, or none.</param>
    /// <param name="options">Timeout and priority.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>The guard, or null if they were not granted in time.</returns>
    /// <inheritdoc cref="AcquireAsync(int, CancellationToken)" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<SemaphoreGuard?> TryAcquireAsync(int weight, AcquireOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return TryAcquire(Checked(weight), options.Priority, options.WaitOfTry, cancellationToken);
    }
}
