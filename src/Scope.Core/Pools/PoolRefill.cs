namespace GoGoScope;

/// <summary>The next attempt to make what a pool keeps in advance.</summary>
internal sealed class PoolRefill<T>(ResourcePool<T> pool) : Deadline where T : notnull
{
    internal override void OnDue(long now) => pool.EndRefillPause();
}
