namespace GoGoScope;

// An end that does not wait for ever, for the shutdown of an application.
public sealed partial class Scope
{
    private volatile bool _isAbandoned;

    /// <summary>Whether the wait for the end of this scope, or of one above it, was given up: leases that are held through it are renewed no more.</summary>
    internal bool IsAbandoned => _isAbandoned || _parent?.IsAbandoned == true;

    /// <summary>
    /// Ends the scope as <see cref="DisposeAsync"/> does, but waits no longer than <paramref name="timeout"/> for children that don't
    /// heed their cancellation. If they still run then, the leases that are held through this scope and its child scopes are
    /// renewed no more, and nobody releases them under those children, not even the end of the provider: others get the keys when the leases have
    /// ended. The scope itself ends when its last child does.
    /// </summary>
    /// <param name="timeout">The longest wait; zero only cancels, <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> has no end.</param>
    /// <param name="cancellationToken">Ends the wait early, as if the time were over.</param>
    /// <returns>Whether the scope has ended.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <inheritdoc cref="DisposeAsync" path="/exception"/>
    /// <example>
    /// <code>
    /// if (!await application.TryEndAsync(TimeSpan.FromSeconds(10))) Console.WriteLine(application.Dump());
    /// </code>
    /// </example>
    public async ValueTask<bool> TryEndAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        // Timers take at most some 49 days.
        var bound = Ensure.Timeout(timeout) < TimeSpan.FromDays(30) ? timeout : Timeout.InfiniteTimeSpan;
        RefuseToAwaitOneself(nameof(TryEndAsync), disposing: true);
        var closing = CloseAsync(letChildrenFinish: false).AsTask();
        await closing.WaitAsync(bound, TimeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!closing.IsCompleted)
        {
            _isAbandoned = true;
            return false;
        }
        ThrowOutcome(Asks.Dispose);
        return true;
    }
}
