namespace GoGoScope;

/// <summary>A pool's place in the owned list of the scope that created it.</summary>
internal sealed class PoolOwnership<T>(ResourcePool<T> pool) : Owned where T : notnull
{
    internal override ValueTask ReleaseAsync(long stamp) => pool.EndWithScopeAsync();

    internal override string Describe() => pool.Describe();
}
