using System.Runtime.CompilerServices;

namespace GoGoScope;

// Running something under a key, one after another.
public sealed partial class Scope
{
    /// <summary>Runs <paramref name="action"/> while holding <paramref name="key"/> exclusively: runs of a key go one after another, in the order of its queue.</summary>
    /// <param name="key">The resource; not empty and not white space.</param>
    /// <param name="action">
    /// What to run. Its token is cancelled by <paramref name="cancellationToken"/>, by the end of the scope, and when the lease is lost.
    /// </param>
    /// <param name="onError">
    /// What its failure does to the runs of the same key and provider that are queued in this process at that moment: nothing by default. A cancellation
    /// by the token or the scope is no failure, a lost lease is one; a wait that gets nothing is none, for nothing was run.
    /// </param>
    /// <param name="options">Timeout and priority of the wait; by default no timeout.</param>
    /// <param name="timeToLive">How long others wait after a crash of this process; more than zero. By default the provider's own.</param>
    /// <param name="cancellationToken">Gives up the wait, and then asks the action to stop.</param>
    /// <exception cref="ExclusiveRunStoppedException">A run before it failed with <see cref="OnError.Stop"/>, so it did not begin.</exception>
    /// <exception cref="LockTimeoutException">The key was not granted in time; the action did not run.</exception>
    /// <exception cref="LeaseLostException">
    /// The lease was lost before the action had ended, which has returned or was cancelled by that; its work may have been done in whole. An exception of the
    /// action's own comes out as it is, also if the lease was lost: <see cref="LockGuard.LostToken"/> tells.
    /// </exception>
    /// <exception cref="OperationCanceledException">The wait or the action was cancelled, by the token or by the end of the scope.</exception>
    /// <exception cref="KeyInOtherUseException">The key is in use as a semaphore.</exception>
    /// <exception cref="LockProviderException">Over a store: it could not be used for <see cref="LeaseOptions.StoreTimeout"/>, or did not answer within the timeout, more than <see cref="LeaseOptions.MaxWaiters"/> wait, or the provider was disposed.</exception>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty or white space.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="onError"/> is not a value of the enumeration, or <paramref name="timeToLive"/> is zero or negative.</exception>
    /// <exception cref="ObjectDisposedException">The scope has ended.</exception>
    /// <example>
    /// <code>
    /// await s.RunExclusiveAsync("file:log", ct => File.AppendAllTextAsync(path, line, ct), OnError.Stop);
    /// </code>
    /// </example>
    [OverloadResolutionPriority(1)]
    public Task RunExclusiveAsync(
        string key, Func<CancellationToken, Task> action, OnError onError = OnError.Continue, AcquireOptions? options = null, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunUnderKey<Nothing>(key, async (_, token) => { await action(token).ConfigureAwait(false); return default; }, onError, options, timeToLive, cancellationToken);
    }

    /// <inheritdoc cref="RunExclusiveAsync(string, Func{CancellationToken, Task}, OnError, AcquireOptions?, TimeSpan?, CancellationToken)"/>
    public Task RunExclusiveAsync(
        string key, Func<CancellationToken, ValueTask> action, OnError onError = OnError.Continue, AcquireOptions? options = null, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunUnderKey<Nothing>(key, async (_, token) => { await action(token).ConfigureAwait(false); return default; }, onError, options, timeToLive, cancellationToken);
    }

    /// <inheritdoc cref="RunExclusiveAsync(string, Func{CancellationToken, Task}, OnError, AcquireOptions?, TimeSpan?, CancellationToken)"/>
    /// <returns>What <paramref name="action"/> returned.</returns>
    [OverloadResolutionPriority(1)]
    public Task<T> RunExclusiveAsync<T>(
        string key, Func<CancellationToken, Task<T>> action, OnError onError = OnError.Continue, AcquireOptions? options = null, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunUnderKey(key, (_, token) => new ValueTask<T>(action(token)), onError, options, timeToLive, cancellationToken);
    }

    /// <inheritdoc cref="RunExclusiveAsync{T}(string, Func{CancellationToken, Task{T}}, OnError, AcquireOptions?, TimeSpan?, CancellationToken)"/>
    public Task<T> RunExclusiveAsync<T>(
        string key, Func<CancellationToken, ValueTask<T>> action, OnError onError = OnError.Continue, AcquireOptions? options = null, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunUnderKey(key, (_, token) => action(token), onError, options, timeToLive, cancellationToken);
    }

    /// <inheritdoc cref="RunExclusiveAsync(string, Func{CancellationToken, Task}, OnError, AcquireOptions?, TimeSpan?, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task RunExclusiveAsync(
        string key, Func<LockGuard, CancellationToken, Task> action, OnError onError = OnError.Continue, AcquireOptions? options = null, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunUnderKey<Nothing>(key, async (guard, token) => { await action(guard, token).ConfigureAwait(false); return default; }, onError, options, timeToLive, cancellationToken);
    }

    /// <inheritdoc cref="RunExclusiveAsync(string, Func{CancellationToken, Task}, OnError, AcquireOptions?, TimeSpan?, CancellationToken)"/>
    public Task RunExclusiveAsync(
        string key, Func<LockGuard, CancellationToken, ValueTask> action, OnError onError = OnError.Continue, AcquireOptions? options = null, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunUnderKey<Nothing>(key, async (guard, token) => { await action(guard, token).ConfigureAwait(false); return default; }, onError, options, timeToLive, cancellationToken);
    }

    /// <inheritdoc cref="RunExclusiveAsync{T}(string, Func{CancellationToken, Task{T}}, OnError, AcquireOptions?, TimeSpan?, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task<T> RunExclusiveAsync<T>(
        string key, Func<LockGuard, CancellationToken, Task<T>> action, OnError onError = OnError.Continue, AcquireOptions? options = null, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunUnderKey(key, (guard, token) => new ValueTask<T>(action(guard, token)), onError, options, timeToLive, cancellationToken);
    }

    /// <inheritdoc cref="RunExclusiveAsync{T}(string, Func{CancellationToken, Task{T}}, OnError, AcquireOptions?, TimeSpan?, CancellationToken)"/>
    public Task<T> RunExclusiveAsync<T>(
        string key, Func<LockGuard, CancellationToken, ValueTask<T>> action, OnError onError = OnError.Continue, AcquireOptions? options = null, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunUnderKey(key, action, onError, options, timeToLive, cancellationToken);
    }
}
