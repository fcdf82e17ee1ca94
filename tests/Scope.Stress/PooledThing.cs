namespace GoGoScope.Stress;

/// <summary>What the pool of the run lends: notices when two have it, and when it is used or destroyed at the wrong time.</summary>
internal sealed class PooledThing(ThingCount count, ViolationList violations) : IAsyncDisposable
{
    private int _users;
    private int _isDead;

    internal bool IsBroken { get; set; }

    internal void Enter()
    {
        if (Interlocked.Increment(ref _users) != 1) violations.Add("two have the same thing of the pool");
        if (Volatile.Read(ref _isDead) != 0) violations.Add("a thing was lent that had been destroyed");
    }

    internal void Leave()
    {
        if (Volatile.Read(ref _isDead) != 0) violations.Add("a thing was destroyed while it was in use");
        Interlocked.Decrement(ref _users);
    }

    public async ValueTask DisposeAsync()
    {
        if (Volatile.Read(ref _users) != 0) violations.Add("a thing is destroyed while it is in use");
        if (Interlocked.Exchange(ref _isDead, 1) != 0) violations.Add("a thing is destroyed twice");
        await Task.Yield();
        count.Left();
    }
}

/// <summary>How many things of the pool there are.</summary>
internal sealed class ThingCount(int most, ViolationList violations)
{
    private int _alive;

    internal int Alive => Volatile.Read(ref _alive);

    internal void Came()
    {
        if (Interlocked.Increment(ref _alive) is var alive && alive > most) violations.Add($"there are {alive} things of {most} in the pool");
    }

    internal void Left() => Interlocked.Decrement(ref _alive);
}
