using GoGoScope.Testing;

namespace GoGoScope.Tests.Locks;

/// <summary>Locks that have nothing to do with each other.</summary>
internal static class Locks
{
    internal static Lock New(ManualTimeProvider? time = null) =>
        time is null ? new Lock(CancellationToken.None) : new Lock(CancellationToken.None, new LockOptions { TimeProvider = time });

    /// <summary>A lock with a key, in a world of its own.</summary>
    internal static Lock Keyed(string key) => new(CancellationToken.None, new LockOptions { Key = key, Provider = new InMemoryLockProvider() });
}
