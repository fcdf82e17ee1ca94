namespace GoGoScope;

/// <summary>
/// One caller's wait for a resource that has first to be made or checked. Whatever comes first is its outcome: the resource, the
/// failure, the time-out, the caller's token, the end of the pool. The work goes on without a caller who has left.
/// </summary>
/// <remarks>
/// The work is done on the thread pool, so that the caller's bound also holds for what it does before it gives its thread away, and in the context of nobody:
/// what it makes is not the caller's, and may live on with others.
/// </remarks>
internal sealed class PoolOpening<T>(ResourcePool<T> pool, SemaphoreGuard turn) : Deadline, IThreadPoolWorkItem where T : notnull
{
    private readonly TaskCompletionSource<ResourceGuard<T>?> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>False if the caller has left, or has lost its patience.</summary>
    internal bool TryDeliver(ResourceGuard<T> guard) => _outcome.TrySetResult(guard);

    /// <inheritdoc cref="TryDeliver"/>
    internal bool TryFail(Exception error) => _outcome.TrySetException(error);

    void IThreadPoolWorkItem.Execute() => _ = pool.PrepareAsync(turn, this);

    internal override void OnDue(long now) => _outcome.TrySetResult(null);

    /// <summary>The guard; null when the time is up.</summary>
    internal async ValueTask<ResourceGuard<T>?> WaitAsync(DeadlineQueue deadlines, TimeSpan left, CancellationToken lifetime, CancellationToken caller)
    {
        try
        {
            if (left != Timeout.InfiniteTimeSpan && !_outcome.Task.IsCompleted) Schedule(deadlines, left);
            using var byCaller = caller.UnsafeRegister(static (opening, token) => ((PoolOpening<T>)opening!)._outcome.TrySetCanceled(token), this);
            using var byEnd = lifetime.UnsafeRegister(static opening => ((PoolOpening<T>)opening!).End(), this);
            return await _outcome.Task.ConfigureAwait(false);
        }
        finally
        {
            deadlines.Cancel(this);
        }
    }

    private void Schedule(DeadlineQueue deadlines, TimeSpan left)
    {
        try
        {
            deadlines.Schedule(this, left);
        }
        catch (Exception error)
        {
            // A clock that throws: the caller hears of it, or has what was delivered by now. Nothing is delivered to one who has left.
            TryFail(error);
        }
    }

    private void End() => TryFail(pool.WhyEnded());
}
