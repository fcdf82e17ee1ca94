namespace GoGoScope;

/// <summary>
/// One resource of a pool and where it stands. Its fields belong to the pool's gate. As a <see cref="Deadline"/> it is the next
/// time at which something may be due for it while it is idle.
/// </summary>
internal sealed class PoolSlot<T>(ResourcePool<T> pool, T resource) : Deadline where T : notnull
{
    internal readonly ResourcePool<T> Pool = pool;
    internal readonly T Resource = resource;

    /// <summary>The number of the loan; zero while it is not lent.</summary>
    internal long Loan;

    /// <summary>The turn that it is lent under, which is passed on when it comes back.</summary>
    internal SemaphoreGuard Turn;

    internal bool IsIdle;

    /// <summary>The higher, the later it was made or given back.</summary>
    internal long Rank;

    /// <summary>Whether it is to be destroyed, or has been.</summary>
    internal bool IsDoomed;

    // Timestamps of the pool's clock; long.MaxValue: never.
    internal long LifeEnds = long.MaxValue;
    internal long IdleEnds = long.MaxValue;
    internal long CheckAt = long.MaxValue;

    // Its place among those that are idle, or among those that are lent.
    internal PoolSlot<T>? Newer;
    internal PoolSlot<T>? Older;

    internal override void OnDue(long now) => Pool.OnDue(this);
}
