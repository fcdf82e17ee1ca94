namespace GoGoScope;

/// <summary>A lock's place in the owned list of the scope that created it.</summary>
internal sealed class LockOwnership(Lock owned) : Owned
{
    internal override ValueTask ReleaseAsync(long stamp) => owned.EndWithScopeAsync();

    internal override string Describe() => owned.ToString();

    internal override LockSnapshot? Snapshot() => owned.OwnSnapshot();

    internal override ILockProvider? Provider => owned.Provider;
}
