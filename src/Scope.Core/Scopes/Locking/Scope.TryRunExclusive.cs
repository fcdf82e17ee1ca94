using System.Runtime.CompilerServices;

namespace GoGoScope;

// Running something under a key only if nobody has it.
public sealed partial class Scope
{
    /// <summary>
    /// Runs <paramref name="action"/> while holding <paramref name="key"/> exclusively, if nobody has the key, here or in any process that shares the
    /// provider; else does nothing and tells so. Does not wait.
    /// </summary>
    /// <param name="key">The resource; not empty and not white space.</param>
    /// <param name="action">
    /// What to run. Its token is cancelled by <paramref name="cancellationToken"/>, by the end of the scope, and when the lease is lost.
    /// </param>
    /// <param name="timeToLive">How long others wait after a crash of this process; more than zero. By default the provider's own.</param>
    /// <param name="cancellationToken">Gives up the attempt, and then asks the action to stop.</param>
    /// <returns>Whether the action was run.</returns>
    /// <exception cref="LeaseLostException">
    /// The lease was lost before the action had ended, which has returned or was cancelled by that; its work may have been done in whole. An exception of the
    /// action's own comes out as it is, also if the lease was lost: <see cref="LockGuard.LostToken"/> tells.
    /// </exception>
    /// <exception cref="OperationCanceledException">The attempt or the action was cancelled, by the token or by the end of the scope.</exception>
    /// <exception cref="KeyInOtherUseException">The key is in use as a semaphore.</exception>
    /// <exception cref="LockProviderException">Over a store: it could not be used for <see cref="LeaseOptions.StoreTimeout"/>, or did not answer within the timeout, more than <see cref="LeaseOptions.MaxWaiters"/> wait, or the provider was disposed.</exception>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty or white space.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeToLive"/> is zero or negative.</exception>
    /// <exception cref="ObjectDisposedException">The scope has ended.</exception>
    /// <example>
    /// <code>
    /// if (!await s.TryRunExclusiveAsync("nightly", ct => SettleAsync(ct))) log.Info("Another instance is at it.");
    /// </code>
    /// </example>
    [OverloadResolutionPriority(1)]
    public Task<bool> TryRunExclusiveAsync(string key, Func<CancellationToken, Task> action, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return HasRunAsync(TryRunUnderKey<Nothing>(key, async (_, token) => { await action(token).ConfigureAwait(false); return default; }, timeToLive, cancellationToken));
    }

    /// <inheritdoc cref="TryRunExclusiveAsync(string, Func{CancellationToken, Task}, TimeSpan?, CancellationToken)"/>
    public Task<bool> TryRunExclusiveAsync(string key, Func<CancellationToken, ValueTask> action, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return HasRunAsync(TryRunUnderKey<Nothing>(key, async (_, token) => { await action(token).ConfigureAwait(false); return default; }, timeToLive, cancellationToken));
    }

    /// <inheritdoc cref="TryRunExclusiveAsync(string, Func{CancellationToken, Task}, TimeSpan?, CancellationToken)"/>
    /// <returns>Whether the action was run, and what it returned.</returns>
    [OverloadResolutionPriority(1)]
    public Task<TryRunResult<T>> TryRunExclusiveAsync<T>(string key, Func<CancellationToken, Task<T>> action, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return TryRunUnderKey(key, (_, token) => new ValueTask<T>(action(token)), timeToLive, cancellationToken);
    }

    /// <inheritdoc cref="TryRunExclusiveAsync{T}(string, Func{CancellationToken, Task{T}}, TimeSpan?, CancellationToken)"/>
    public Task<TryRunResult<T>> TryRunExclusiveAsync<T>(string key, Func<CancellationToken, ValueTask<T>> action, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return TryRunUnderKey(key, (_, token) => action(token), timeToLive, cancellationToken);
    }

    /// <inheritdoc cref="TryRunExclusiveAsync(string, Func{CancellationToken, Task}, TimeSpan?, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task<bool> TryRunExclusiveAsync(string key, Func<LockGuard, CancellationToken, Task> action, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return HasRunAsync(TryRunUnderKey<Nothing>(key, async (guard, token) => { await action(guard, token).ConfigureAwait(false); return default; }, timeToLive, cancellationToken));
    }

    /// <inheritdoc cref="TryRunExclusiveAsync(string, Func{CancellationToken, Task}, TimeSpan?, CancellationToken)"/>
    public Task<bool> TryRunExclusiveAsync(string key, Func<LockGuard, CancellationToken, ValueTask> action, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return HasRunAsync(TryRunUnderKey<Nothing>(key, async (guard, token) => { await action(guard, token).ConfigureAwait(false); return default; }, timeToLive, cancellationToken));
    }

    /// <inheritdoc cref="TryRunExclusiveAsync{T}(string, Func{CancellationToken, Task{T}}, TimeSpan?, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task<TryRunResult<T>> TryRunExclusiveAsync<T>(string key, Func<LockGuard, CancellationToken, Task<T>> action, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return TryRunUnderKey(key, (guard, token) => new ValueTask<T>(action(guard, token)), timeToLive, cancellationToken);
    }

    /// <inheritdoc cref="TryRunExclusiveAsync{T}(string, Func{CancellationToken, Task{T}}, TimeSpan?, CancellationToken)"/>
    public Task<TryRunResult<T>> TryRunExclusiveAsync<T>(string key, Func<LockGuard, CancellationToken, ValueTask<T>> action, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return TryRunUnderKey(key, action, timeToLive, cancellationToken);
    }

    private static async Task<bool> HasRunAsync(Task<TryRunResult<Nothing>> run) => (await run.ConfigureAwait(false)).HasRun;
}
