namespace GoGoScope.Quickstart;

/// <summary>The one thing that differs between the two runs: whether "take the lock" takes a lock.</summary>
internal abstract class CheckoutLocks
{
    /// <summary>Waits until nobody else holds <paramref name="key"/>. Whoever disposes the guard gives it back.</summary>
    public abstract ValueTask<LockGuard> AcquireAsync(string key, CancellationToken cancellationToken);

    /// <summary>A token that all workers share, fetched by <paramref name="fetch"/>.</summary>
    public virtual ReportTokens Share(Func<CancellationToken, Task<ReportToken>> fetch) => new ReportTokens.Unguarded(fetch);

    /// <summary>No locks: everybody is let in at once. A default guard is one that was already given back.</summary>
    public static CheckoutLocks None { get; } = new NoLocks();

    /// <summary>The locks of <paramref name="scope"/>.</summary>
    public static CheckoutLocks Of(Scope scope) => new ScopeLocks(scope);

    private sealed class NoLocks : CheckoutLocks
    {
        public override ValueTask<LockGuard> AcquireAsync(string key, CancellationToken cancellationToken) => new(default(LockGuard));
    }

    private sealed class ScopeLocks(Scope scope) : CheckoutLocks
    {
        public override ValueTask<LockGuard> AcquireAsync(string key, CancellationToken cancellationToken) =>
            scope.AcquireLockAsync(key, cancellationToken);

        public override ReportTokens Share(Func<CancellationToken, Task<ReportToken>> fetch) => new ReportTokens.FetchedOnce(scope, fetch);
    }
}
