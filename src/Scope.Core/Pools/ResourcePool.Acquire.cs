namespace GoGoScope;

// Asking for a resource.
public sealed partial class ResourcePool<T>
{
    /// <summary>Waits for a resource.</summary>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>The guard; dispose it to give the resource back.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled, by the token or by the end of the scope.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed, before or during the wait.</exception>
    /// <remarks>What making a resource throws is thrown as itself.</remarks>
    public ValueTask<ResourceGuard<T>> AcquireAsync(CancellationToken cancellationToken = default) =>
        OrThrowAsync(TakeAsync(0, Timeout.InfiniteTimeSpan, cancellationToken), Timeout.InfiniteTimeSpan);

    /// <summary>Waits for a resource, at most <paramref name="timeout"/>.</summary>
    /// <param name="timeout">
    /// The longest wait, for a turn and until the resource is made and checked. Zero does not wait for a turn, but for making and
    /// checking; <see cref="Timeout.InfiniteTimeSpan"/> has no end.
    /// </param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>The guard; dispose it to give the resource back.</returns>
    /// <exception cref="PoolTimeoutException">There was no resource in time.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="AcquireAsync(CancellationToken)" path="/exception"/>
    public ValueTask<ResourceGuard<T>> AcquireAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        OrThrowAsync(TakeAsync(0, Ensure.Timeout(timeout), cancellationToken), timeout);

    /// <summary>Waits for a resource, as <paramref name="options"/> say.</summary>
    /// <param name="options">Priority, and timeout: the longest wait, for a turn and until the resource is made and checked.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>The guard; dispose it to give the resource back.</returns>
    /// <exception cref="PoolTimeoutException">There was no resource in time.</exception>
    /// <inheritdoc cref="AcquireAsync(CancellationToken)" path="/exception"/>
    public ValueTask<ResourceGuard<T>> AcquireAsync(AcquireOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return OrThrowAsync(TakeAsync(options.Priority, options.Wait, cancellationToken), options.Wait);
    }

    /// <summary>
    /// Takes an idle resource or, if there is room for one more, waits until it is made; answers null where somebody would have to
    /// give one back.
    /// </summary>
    /// <param name="cancellationToken">Gives up the attempt.</param>
    /// <returns>The guard, or null.</returns>
    /// <inheritdoc cref="AcquireAsync(CancellationToken)" path="/exception"/>
    public ValueTask<ResourceGuard<T>?> TryAcquireAsync(CancellationToken cancellationToken = default) =>
        TakeAsync(0, TimeSpan.Zero, cancellationToken);

    /// <summary>Waits for a resource, at most <paramref name="timeout"/>.</summary>
    /// <inheritdoc cref="AcquireAsync(TimeSpan, CancellationToken)" path="/param"/>
    /// <returns>The guard, or null if there was no resource in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="AcquireAsync(CancellationToken)" path="/exception"/>
    public ValueTask<ResourceGuard<T>?> TryAcquireAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        TakeAsync(0, Ensure.Timeout(timeout), cancellationToken);

    /// <summary>Waits for a resource, as <paramref name="options"/> say; without waiting if <see cref="AcquireOptions.Timeout"/> is not set.</summary>
    /// <inheritdoc cref="AcquireAsync(AcquireOptions, CancellationToken)" path="/param"/>
    /// <returns>The guard, or null if there was no resource in time.</returns>
    /// <inheritdoc cref="AcquireAsync(CancellationToken)" path="/exception"/>
    public ValueTask<ResourceGuard<T>?> TryAcquireAsync(AcquireOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return TakeAsync(options.Priority, options.WaitOfTry, cancellationToken);
    }

    private async ValueTask<ResourceGuard<T>> OrThrowAsync(ValueTask<ResourceGuard<T>?> taking, TimeSpan timeout) =>
        await taking.ConfigureAwait(false) ?? throw new PoolTimeoutException(Name, ToString(), timeout, Statistics);

    private async ValueTask<ResourceGuard<T>?> TakeAsync(int priority, TimeSpan timeout, CancellationToken caller)
    {
        if (HasEnded) throw WhyEnded();
        var isBounded = timeout > TimeSpan.Zero;
        var started = isBounded ? _time.GetTimestamp() : 0;
        if (await TurnAsync(priority, timeout, caller).ConfigureAwait(false) is not { } turn) return null;

        var left = Timeout.InfiniteTimeSpan;
        try
        {
            if (TryLendIdle(turn) is { } ready) return ready;
            if (isBounded) left = Left(started, timeout);
        }
        catch
        {
            // A clock that throws leaves no turn behind.
            await turn.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        var opening = new PoolOpening<T>(this, turn);
        Begin();
        ThreadPool.UnsafeQueueUserWorkItem(opening, preferLocal: false);
        return await opening.WaitAsync(_deadlines, left, _lifetimeToken, caller).ConfigureAwait(false);
    }

    /// <summary>A turn; null if the time is up.</summary>
    private async ValueTask<SemaphoreGuard?> TurnAsync(int priority, TimeSpan timeout, CancellationToken caller)
    {
        try
        {
            return await _turns.TryAcquire(1, priority, timeout, caller).ConfigureAwait(false);
        }
        catch (Exception ended) when (HasEnded && (ended is ObjectDisposedException || (ended is OperationCanceledException && !caller.IsCancellationRequested)))
        {
            throw WhyEnded();
        }
    }

    private TimeSpan Left(long started, TimeSpan timeout)
    {
        var left = timeout - _time.GetElapsedTime(started);
        return left < TimeSpan.Zero ? TimeSpan.Zero : left;
    }
}
