namespace GoGoScope;

/// <summary>Work under a guard, from the grant to the release.</summary>
internal static class GuardedWork
{
    /// <summary>Runs <paramref name="action"/>, and throws if it was not under the guard to its end. Does not release the guard.</summary>
    /// <param name="guard">What protects the work.</param>
    /// <param name="action">The work; its token is cancelled by both tokens, and when the lease is lost.</param>
    /// <param name="whyEnded">Why the guard was taken back, if it was because the lock or scope has ended; else null.</param>
    /// <param name="lifetime">Of the lock or the scope.</param>
    /// <param name="cancellationToken">That of the caller.</param>
    internal static async Task<T> RunAsync<T>(
        LockGuard guard, Func<LockGuard, CancellationToken, ValueTask<T>> action, Func<Exception?> whyEnded, CancellationToken lifetime, CancellationToken cancellationToken)
    {
        using var stop = new GuardedToken(guard, lifetime, cancellationToken);
        T result;
        try
        {
            result = await action(guard, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException cancelled) when (stop.Explain(cancelled) is { } explained)
        {
            throw explained;
        }
        // The work is done, but was it under the lock to its end?
        if (!guard.IsHeld) ThrowIfTaken(guard, whyEnded);
        return result;
    }

    // It is not held any more. By the clock, that is known before anybody has been told; and the work may have let go of it itself.
    private static void ThrowIfTaken(LockGuard guard, Func<Exception?> whyEnded)
    {
        try
        {
            guard.ThrowIfLost();
        }
        catch (ObjectDisposedException)
        {
            if (whyEnded() is { } ended) throw ended;
        }
    }
}
