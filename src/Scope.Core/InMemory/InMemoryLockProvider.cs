namespace GoGoScope;

/// <summary>Keys that live in this process.</summary>
public sealed class InMemoryLockProvider : ILockProvider
{
    /// <summary>The world of keys that scopes use by default.</summary>
    public static InMemoryLockProvider Shared { get; } = new();

    /// <inheritdoc/>
    public string Name => "in-memory";

    /// <inheritdoc/>
    public bool IsDistributed => false;

    /// <inheritdoc/>
    public ValueTask<LockGuard> AcquireAsync(in LockRequest request, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<LockGuard?> TryAcquireAsync(in LockRequest request, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public IReadOnlyList<LockSnapshot> Snapshot() => throw new NotImplementedException();
}
