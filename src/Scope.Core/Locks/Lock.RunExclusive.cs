using System.Runtime.CompilerServices;

namespace GoGoScope;

// Running something under the lock, from the grant to the release.
public sealed partial class Lock
{
    /// <summary>Runs <paramref name="action"/> while holding the lock exclusively.</summary>
    /// <param name="action">
    /// What to run. Its token is cancelled by <paramref name="cancellationToken"/>, by the end of the scope, and when the
    /// lease is lost.
    /// </param>
    /// <param name="options">Timeout and priority of the wait; by default no timeout.</param>
    /// <param name="cancellationToken">Gives up the wait, and then asks the action to stop.</param>
    /// <exception cref="LockTimeoutException">The lock was not granted in time; the action did not run.</exception>
    /// <exception cref="LeaseLostException">
    /// The lease was lost before the action had ended, which has returned or was cancelled by that; its work may have been done in whole. An exception of the
    /// action's own comes out as it is, also if the lease was lost: <see cref="LockGuard.LostToken"/> tells.
    /// </exception>
    /// <exception cref="OperationCanceledException">The wait or the action was cancelled.</exception>
    /// <exception cref="KeyInOtherUseException">The key is in use as a semaphore.</exception>
    /// <exception cref="LockProviderException">Over a store: it could not be used for <see cref="LeaseOptions.StoreTimeout"/>, or did not answer within the timeout, more than <see cref="LeaseOptions.MaxWaiters"/> wait, or the provider was disposed.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, before or during the wait.</exception>
    [OverloadResolutionPriority(1)]
    public Task RunExclusiveAsync(Func<CancellationToken, Task> action, AcquireOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunAsync<Nothing>(async (_, token) => { await action(token).ConfigureAwait(false); return default; }, options, cancellationToken);
    }

    /// <inheritdoc cref="RunExclusiveAsync(Func{CancellationToken, Task}, AcquireOptions?, CancellationToken)"/>
    public Task RunExclusiveAsync(Func<CancellationToken, ValueTask> action, AcquireOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunAsync<Nothing>(async (_, token) => { await action(token).ConfigureAwait(false); return default; }, options, cancellationToken);
    }

    /// <inheritdoc cref="RunExclusiveAsync(Func{CancellationToken, Task}, AcquireOptions?, CancellationToken)"/>
    /// <returns>What <paramref name="action"/> returned.</returns>
    [OverloadResolutionPriority(1)]
    public Task<T> RunExclusiveAsync<T>(Func<CancellationToken, Task<T>> action, AcquireOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunAsync((_, token) => new ValueTask<T>(action(token)), options, cancellationToken);
    }

    /// <inheritdoc cref="RunExclusiveAsync{T}(Func{CancellationToken, Task{T}}, AcquireOptions?, CancellationToken)"/>
    public Task<T> RunExclusiveAsync<T>(Func<CancellationToken, ValueTask<T>> action, AcquireOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunAsync((_, token) => action(token), options, cancellationToken);
    }

    /// <inheritdoc cref="RunExclusiveAsync(Func{CancellationToken, Task}, AcquireOptions?, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task RunExclusiveAsync(Func<LockGuard, CancellationToken, Task> action, AcquireOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunAsync<Nothing>(async (guard, token) => { await action(guard, token).ConfigureAwait(false); return default; }, options, cancellationToken);
    }

    /// <inheritdoc cref="RunExclusiveAsync(Func{CancellationToken, Task}, AcquireOptions?, CancellationToken)"/>
    public Task RunExclusiveAsync(Func<LockGuard, CancellationToken, ValueTask> action, AcquireOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunAsync<Nothing>(async (guard, token) => { await action(guard, token).ConfigureAwait(false); return default; }, options, cancellationToken);
    }

    /// <inheritdoc cref="RunExclusiveAsync{T}(Func{CancellationToken, Task{T}}, AcquireOptions?, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task<T> RunExclusiveAsync<T>(Func<LockGuard, CancellationToken, Task<T>> action, AcquireOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunAsync((guard, token) => new ValueTask<T>(action(guard, token)), options, cancellationToken);
    }

    /// <inheritdoc cref="RunExclusiveAsync{T}(Func{CancellationToken, Task{T}}, AcquireOptions?, CancellationToken)"/>
    public Task<T> RunExclusiveAsync<T>(Func<LockGuard, CancellationToken, ValueTask<T>> action, AcquireOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunAsync(action, options, cancellationToken);
    }

    private async Task<T> RunAsync<T>(Func<LockGuard, CancellationToken, ValueTask<T>> action, AcquireOptions? options, CancellationToken cancellationToken)
    {
        options ??= AcquireOptions.Default;
        var guard = await Acquire(LockMode.Exclusive, options.Priority, options.Wait, cancellationToken).ConfigureAwait(false);
        return await RunUnderAsync(guard, action, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs <paramref name="action"/> under a guard of this lock, and disposes that.</summary>
    internal async Task<T> RunUnderAsync<T>(LockGuard guard, Func<LockGuard, CancellationToken, ValueTask<T>> action, CancellationToken cancellationToken)
    {
        try
        {
            return await GuardedWork.RunAsync(guard, action, () => HasEnded ? WaitEnded() : null, OuterLifetime, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await guard.DisposeAsync().ConfigureAwait(false);
        }
    }
}
