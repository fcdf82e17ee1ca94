using System.Runtime.CompilerServices;

namespace GoGoScope;

// Running something while holding permits, from the grant to the release.
public sealed partial class AsyncSemaphore
{
    /// <summary>Runs <paramref name="action"/> while holding <paramref name="weight"/> permits.</summary>
    /// <param name="action">
    /// What to run. Its token is cancelled by <paramref name="cancellationToken"/>, by the end of the scope, and when the lease is lost.
    /// </param>
    /// <param name="weight">How many permits, from 1 to <see cref="Permits"/>; one by default.</param>
    /// <param name="options">Timeout and priority of the wait; by default no timeout.</param>
    /// <param name="cancellationToken">Gives up the wait, and then asks the action to stop.</param>
    /// <exception cref="SemaphoreTimeoutException">The permits were not granted in time; the action did not run.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="weight"/> is less than 1, or more than <see cref="Permits"/>.</exception>
    /// <exception cref="KeyInOtherUseException">The key is in use as something else.</exception>
    /// <exception cref="LeaseLostException">
    /// The lease was lost before the action had ended, which has returned or was cancelled by that; its work may have been done in whole. An exception of the
    /// action's own comes out as it is.
    /// </exception>
    /// <exception cref="OperationCanceledException">The wait or the action was cancelled.</exception>
    /// <exception cref="LockProviderException">With a key, over a store: it could not be used for <see cref="LeaseOptions.StoreTimeout"/>, or did not answer within the timeout, more than <see cref="LeaseOptions.MaxWaiters"/> wait, or the provider was disposed.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed, before or during the wait.</exception>
    [OverloadResolutionPriority(1)]
    public Task RunAsync(Func<CancellationToken, Task> action, int weight = 1, AcquireOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunUnderAsync<object?>(async (_, token) => { await action(token).ConfigureAwait(false); return null; }, weight, options, cancellationToken);
    }

    /// <inheritdoc cref="RunAsync(Func{CancellationToken, Task}, int, AcquireOptions?, CancellationToken)"/>
    public Task RunAsync(Func<CancellationToken, ValueTask> action, int weight = 1, AcquireOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunUnderAsync<object?>(async (_, token) => { await action(token).ConfigureAwait(false); return null; }, weight, options, cancellationToken);
    }

    /// <inheritdoc cref="RunAsync(Func{CancellationToken, Task}, int, AcquireOptions?, CancellationToken)"/>
    /// <returns>What <paramref name="action"/> returned.</returns>
    [OverloadResolutionPriority(1)]
    public Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> action, int weight = 1, AcquireOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunUnderAsync((_, token) => new ValueTask<T>(action(token)), weight, options, cancellationToken);
    }

    /// <inheritdoc cref="RunAsync{T}(Func{CancellationToken, Task{T}}, int, AcquireOptions?, CancellationToken)"/>
    public Task<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> action, int weight = 1, AcquireOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunUnderAsync((_, token) => action(token), weight, options, cancellationToken);
    }

    private Task<T> RunUnderAsync<T>(Func<LockGuard, CancellationToken, ValueTask<T>> action, int weight, AcquireOptions? options, CancellationToken cancellationToken)
    {
        options ??= AcquireOptions.Default;
        return GrantedAsync(Acquire(Checked(weight), options.Priority, options.Wait, cancellationToken));

        async Task<T> GrantedAsync(ValueTask<SemaphoreGuard> acquiring)
        {
            var guard = await acquiring.ConfigureAwait(false);
            return await _lock.RunUnderAsync(guard.AsLockGuard(), action, cancellationToken).ConfigureAwait(false);
        }
    }
}
