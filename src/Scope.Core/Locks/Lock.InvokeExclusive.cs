namespace GoGoScope;

// Running something synchronous under the lock.
public sealed partial class Lock
{
    /// <summary>Runs the synchronous <paramref name="action"/> while holding the lock exclusively.</summary>
    /// <remarks>
    /// Has a name of its own so that an asynchronous delegate can never be taken for a synchronous one, which would release
    /// the lock while it still runs.
    /// </remarks>
    /// <param name="action">What to run.</param>
    /// <param name="options">Timeout and priority of the wait; by default no timeout.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <exception cref="LockTimeoutException">The lock was not granted in time; the action did not run.</exception>
    /// <exception cref="LeaseLostException">
    /// The lease was lost before the action had ended, which has returned or was cancelled by that; its work may have been done in whole. An exception of the
    /// action's own comes out as it is, also if the lease was lost: <see cref="LockGuard.LostToken"/> tells.
    /// </exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="KeyInOtherUseException">The key is in use as a semaphore.</exception>
    /// <exception cref="LockProviderException">Over a store: it could not be used for <see cref="LeaseOptions.StoreTimeout"/>, or did not answer within the timeout, more than <see cref="LeaseOptions.MaxWaiters"/> wait, or the provider was disposed.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, before or during the wait.</exception>
    public Task InvokeExclusiveAsync(Action action, AcquireOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunAsync<Nothing>((_, _) => { action(); return default; }, options, cancellationToken);
    }

    /// <inheritdoc cref="InvokeExclusiveAsync(Action, AcquireOptions?, CancellationToken)"/>
    /// <returns>What <paramref name="function"/> returned.</returns>
    /// <param name="function">What to run; it must not return a task.</param>
    /// <param name="options">Timeout and priority of the wait; by default no timeout.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <exception cref="ArgumentException"><paramref name="function"/> returns a task: use <c>RunExclusiveAsync</c>.</exception>
    public Task<T> InvokeExclusiveAsync<T>(Func<T> function, AcquireOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        RefuseTask<T>();
        return RunAsync((_, _) => new ValueTask<T>(NoTask(function())), options, cancellationToken);
    }

    /// <summary>The type of a function need not tell what it returns.</summary>
    internal static T NoTask<T>(T result) => result is Task or ValueTask
        ? throw new InvalidOperationException($"The function returned a task, which runs on without the lock. Use {nameof(RunExclusiveAsync)}.")
        : result;

    internal static void RefuseTask<T>()
    {
        var type = typeof(T);
        var isTask = typeof(Task).IsAssignableFrom(type) || type == typeof(ValueTask)
            || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>));
        if (isTask)
            throw new ArgumentException($"The function returns {type.Name}, so the lock would be released while it runs. Use {nameof(RunExclusiveAsync)}.");
    }
}
