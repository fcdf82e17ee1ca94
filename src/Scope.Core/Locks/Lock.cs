namespace GoGoScope;

/// <summary>One lock: exclusive, read / write, by priority, with a timeout, or only if it is free.</summary>
public sealed partial class Lock : IAsyncDisposable
{
    /// <summary>How often a waiter is passed over by later ones of higher priority before it ranks first: 32.</summary>
    public const int MaxPassedOver = 32;

    /// <summary>How often a waiter is overtaken, with <see cref="LockOptions.AllowOvertaking"/>, before it is handed the lock directly: 16.</summary>
    public const int MaxOvertaken = 16;

    /// <summary>A lock without a key whose waiters leave when <paramref name="lifetime"/> is cancelled.</summary>
    public Lock(CancellationToken lifetime) => throw new NotImplementedException();

    /// <summary>A lock without a scope.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1068", Justification = "The token is the lock's lifetime, not the call's.")]
    public Lock(CancellationToken lifetime, LockOptions options) => throw new NotImplementedException();

    internal Lock(Scope scope, LockOptions options) => throw new NotImplementedException();

    internal CancellationToken Lifetime => throw new NotImplementedException();

    /// <summary>Its key; null for a lock of this process alone.</summary>
    public string? Key => throw new NotImplementedException();

    /// <summary>Waits for the lock.</summary>
    public ValueTask<LockGuard> AcquireAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
