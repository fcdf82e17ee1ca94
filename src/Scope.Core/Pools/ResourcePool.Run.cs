using System.Runtime.CompilerServices;

namespace GoGoScope;

// Running something with a resource, from the loan to its return.
public sealed partial class ResourcePool<T>
{
    /// <summary>
    /// Runs <paramref name="action"/> with a resource, which is given back however that ends; to be destroyed after a failure, if
    /// <see cref="PoolOptions{T}.DiscardAfterFailure"/> says so.
    /// </summary>
    /// <param name="action">What to run. Its token is cancelled by <paramref name="cancellationToken"/>, and by the end of the scope or the pool.</param>
    /// <param name="options">Timeout and priority of the wait; by default no timeout.</param>
    /// <param name="cancellationToken">Gives up the wait, and then asks the action to stop.</param>
    /// <exception cref="PoolTimeoutException">There was no resource in time; the action did not run.</exception>
    /// <exception cref="OperationCanceledException">The wait or the action was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed, before or during the wait.</exception>
    [OverloadResolutionPriority(1)]
    public Task RunAsync(Func<T, CancellationToken, Task> action, AcquireOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunWithAsync<object?>(async (resource, token) => { await action(resource, token).ConfigureAwait(false); return null; }, options, cancellationToken);
    }

    /// <inheritdoc cref="RunAsync(Func{T, CancellationToken, Task}, AcquireOptions?, CancellationToken)"/>
    public Task RunAsync(Func<T, CancellationToken, ValueTask> action, AcquireOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunWithAsync<object?>(async (resource, token) => { await action(resource, token).ConfigureAwait(false); return null; }, options, cancellationToken);
    }

    /// <inheritdoc cref="RunAsync(Func{T, CancellationToken, Task}, AcquireOptions?, CancellationToken)"/>
    /// <returns>What <paramref name="action"/> returned.</returns>
    [OverloadResolutionPriority(1)]
    public Task<TResult> RunAsync<TResult>(Func<T, CancellationToken, Task<TResult>> action, AcquireOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunWithAsync((resource, token) => new ValueTask<TResult>(action(resource, token)), options, cancellationToken);
    }

    /// <inheritdoc cref="RunAsync{TResult}(Func{T, CancellationToken, Task{TResult}}, AcquireOptions?, CancellationToken)"/>
    public Task<TResult> RunAsync<TResult>(Func<T, CancellationToken, ValueTask<TResult>> action, AcquireOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunWithAsync(action, options, cancellationToken);
    }

    private async Task<TResult> RunWithAsync<TResult>(Func<T, CancellationToken, ValueTask<TResult>> action, AcquireOptions? options, CancellationToken cancellationToken)
    {
        var guard = await AcquireAsync(options ?? AcquireOptions.Default, cancellationToken).ConfigureAwait(false);
        var isWell = false;
        try
        {
            using var stop = new LinkedToken(_lifetimeToken, cancellationToken);
            try
            {
                var result = await action(guard.Resource, stop.Token).ConfigureAwait(false);
                isWell = true;
                return result;
            }
            catch (OperationCanceledException cancelled) when (cancelled.CancellationToken == stop.Token && stop.Token.IsCancellationRequested)
            {
                if (!cancellationToken.IsCancellationRequested) throw WhyEnded();
                throw new OperationCanceledException(cancelled.Message, cancelled, cancellationToken);
            }
        }
        finally
        {
            if (isWell || !_options.DiscardAfterFailure) await guard.DisposeAsync().ConfigureAwait(false);
            else await guard.DiscardAsync().ConfigureAwait(false);
        }
    }
}
