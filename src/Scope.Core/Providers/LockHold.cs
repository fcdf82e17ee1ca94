namespace GoGoScope;

/// <summary>
/// What a <see cref="LockGuard"/> refers to: a provider's record of one hold. For authors of providers.
/// </summary>
/// <remarks>
/// Holds are pooled, and a fencing token tells the grants that one object has stood for apart: every member takes the
/// token of the guard that asks, and a token that is not the current one is that of a guard which was disposed.
/// </remarks>
public abstract class LockHold
{
    /// <summary>Whether the grant with <paramref name="token"/> is still held.</summary>
    protected internal abstract bool IsHeld(long token);

    /// <summary>The key that is held; null for a lock without one.</summary>
    protected internal abstract string? KeyOf(long token);

    /// <summary>Who holds it.</summary>
    protected internal abstract string OwnerOf(long token);

    /// <summary>How it is held.</summary>
    protected internal abstract LockMode ModeOf(long token);

    /// <summary>How many permits of a semaphore it holds; zero for a lock, and for providers that grant none.</summary>
    protected internal virtual int WeightOf(long token) => 0;

    /// <summary>Cancelled once this grant's lease is lost; for a grant that was released, a token that never fires.</summary>
    protected internal abstract CancellationToken LostTokenOf(long token);

    /// <summary>Throws <see cref="LeaseLostException"/> or, for a grant that was released, <see cref="ObjectDisposedException"/>.</summary>
    protected internal abstract void ThrowIfLost(long token);

    /// <summary>Makes the lease end <paramref name="timeToLive"/>, which is more than zero, from now.</summary>
    protected internal abstract ValueTask RenewAsync(long token, TimeSpan timeToLive, CancellationToken cancellationToken);

    /// <summary>Releases the grant, if it is still held. Must not throw.</summary>
    protected internal abstract ValueTask ReleaseAsync(long token);

    /// <summary>The grant in words, for debuggers and logs.</summary>
    protected internal virtual string Describe(long token)
    {
        try
        {
            var mode = ModeOf(token);
            return $"{LockText.Describe(KeyOf(token), mode)}, {LockText.Describe(mode, WeightOf(token))}, {OwnerOf(token)}, token {token}";
        }
        catch (ObjectDisposedException)
        {
            return $"released, token {token}";
        }
    }

    /// <summary>The error for a guard that was disposed.</summary>
    protected internal static ObjectDisposedException Released() =>
        new(nameof(LockGuard), "The guard was disposed: it no longer holds the lock.");
}
