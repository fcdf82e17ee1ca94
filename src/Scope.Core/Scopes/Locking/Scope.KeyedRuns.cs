namespace GoGoScope;

// What runs under a key have in common.
public sealed partial class Scope
{
    /// <summary>Refuses bad input before there is a task.</summary>
    private Task<T> RunUnderKey<T>(
        string key, Func<LockGuard, CancellationToken, ValueTask<T>> action, OnError onError, AcquireOptions? options, TimeSpan? timeToLive, CancellationToken cancellationToken)
    {
        Ensure.Key(key);
        Ensure.Defined(onError, nameof(onError));
        Ensure.PositiveOrNull(timeToLive, nameof(timeToLive));
        return RunUnderKeyAsync(key, action, onError, options ?? AcquireOptions.Default, timeToLive, cancellationToken);
    }

    /// <inheritdoc cref="RunUnderKey"/>
    private Task<TryRunResult<T>> TryRunUnderKey<T>(
        string key, Func<LockGuard, CancellationToken, ValueTask<T>> action, TimeSpan? timeToLive, CancellationToken cancellationToken)
    {
        Ensure.Key(key);
        Ensure.PositiveOrNull(timeToLive, nameof(timeToLive));
        return TryRunUnderKeyAsync(key, action, timeToLive, cancellationToken);
    }

    private async Task<T> RunUnderKeyAsync<T>(
        string key, Func<LockGuard, CancellationToken, ValueTask<T>> action, OnError onError, AcquireOptions options, TimeSpan? timeToLive, CancellationToken cancellationToken)
    {
        var lines = RunLines.Of(LockProvider);
        var guard = await QueueAsync(lines, key, options, timeToLive, cancellationToken).ConfigureAwait(false);
        try
        {
            return await RunUnderAsync(guard, action, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (onError == OnError.Stop && !WasAskedFor(failure, cancellationToken))
        {
            // Still under the guard: nobody who is queued can have begun.
            await lines.StopAsync(key, failure).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await guard.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<TryRunResult<T>> TryRunUnderKeyAsync<T>(
        string key, Func<LockGuard, CancellationToken, ValueTask<T>> action, TimeSpan? timeToLive, CancellationToken cancellationToken)
    {
        if (await TryAcquireKey(key, LockMode.Exclusive, timeToLive, AcquireOptions.Default, cancellationToken).ConfigureAwait(false) is not { } guard) return default;
        try
        {
            return new TryRunResult<T>(await RunUnderAsync(guard, action, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            await guard.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits in the key's queue as one of its line. Whoever is granted the key when the line was stopped gives it back.</summary>
    private async Task<LockGuard> QueueAsync(RunLines lines, string key, AcquireOptions options, TimeSpan? timeToLive, CancellationToken cancellationToken)
    {
        var line = lines.Join(key);
        using var either = cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, line.Stopped) : null;
        var token = either?.Token ?? line.Stopped;
        LockGuard guard;
        try
        {
            guard = await AcquireKey(key, LockMode.Exclusive, timeToLive, options, token).ConfigureAwait(false);
        }
        catch (OperationCanceledException cancelled) when (cancelled.CancellationToken == token)
        {
            if (lines.TryLeave(key, line) || cancellationToken.IsCancellationRequested)
                throw new OperationCanceledException(cancelled.Message, cancelled, cancellationToken);
            throw ExclusiveRunStoppedException.Of(key, line.Failure!);
        }
        catch
        {
            lines.TryLeave(key, line);
            throw;
        }
        if (lines.TryLeave(key, line)) return guard;

        await guard.DisposeAsync().ConfigureAwait(false);
        throw ExclusiveRunStoppedException.Of(key, line.Failure!);
    }

    private Task<T> RunUnderAsync<T>(LockGuard guard, Func<LockGuard, CancellationToken, ValueTask<T>> action, CancellationToken cancellationToken) =>
        GuardedWork.RunAsync(guard, action, () => IsCancelled ? WaitEnded() : null, Token, cancellationToken);

    /// <summary>Whether a run that ended in this way was only told to stop.</summary>
    private bool WasAskedFor(Exception failure, CancellationToken cancellationToken) =>
        AnswersCancellation(failure)
        || (failure is OperationCanceledException { InnerException: not TimeoutException } && cancellationToken.IsCancellationRequested);
}
