namespace GoGoScope;

// Running something synchronous under a key.
public sealed partial class Scope
{
    /// <summary>Runs the synchronous <paramref name="action"/> while holding <paramref name="key"/> exclusively.</summary>
    /// <remarks>
    /// Has a name of its own so that an asynchronous delegate can never be taken for a synchronous one, which would release
    /// the key while it still runs.
    /// </remarks>
    /// <param name="key">The resource; not empty and not white space.</param>
    /// <param name="action">What to run.</param>
    /// <param name="onError">What its failure does to the runs that are queued in this process at that moment: nothing by default.</param>
    /// <param name="options">Timeout and priority of the wait; by default no timeout.</param>
    /// <param name="timeToLive">How long others wait after a crash of this process; more than zero. By default the provider's own.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <inheritdoc cref="RunExclusiveAsync(string, Func{CancellationToken, Task}, OnError, AcquireOptions?, TimeSpan?, CancellationToken)" path="/exception"/>
    public Task InvokeExclusiveAsync(
        string key, Action action, OnError onError = OnError.Continue, AcquireOptions? options = null, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        return RunUnderKey<Nothing>(key, (_, _) => { action(); return default; }, onError, options, timeToLive, cancellationToken);
    }

    /// <inheritdoc cref="InvokeExclusiveAsync(string, Action, OnError, AcquireOptions?, TimeSpan?, CancellationToken)"/>
    /// <returns>What <paramref name="function"/> returned.</returns>
    /// <param name="key">The resource; not empty and not white space.</param>
    /// <param name="function">What to run; it must not return a task.</param>
    /// <param name="onError">What its failure does to the runs that are queued in this process at that moment: nothing by default.</param>
    /// <param name="options">Timeout and priority of the wait; by default no timeout.</param>
    /// <param name="timeToLive">How long others wait after a crash of this process; more than zero. By default the provider's own.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <exception cref="ArgumentException"><paramref name="function"/> returns a task: use <c>RunExclusiveAsync</c>.</exception>
    public Task<T> InvokeExclusiveAsync<T>(
        string key, Func<T> function, OnError onError = OnError.Continue, AcquireOptions? options = null, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        Lock.RefuseTask<T>();
        return RunUnderKey(key, (_, _) => new ValueTask<T>(Lock.NoTask(function())), onError, options, timeToLive, cancellationToken);
    }
}
