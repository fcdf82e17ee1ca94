using System.Collections.Concurrent;

namespace GoGoScope.Tests.Pools;

/// <summary>Makes and destroys what is pooled, and watches over it: how many there are, and that nobody has one together with another.</summary>
internal sealed class Factory
{
    private int _made;
    private int _alive;
    private int _most;

    internal ConcurrentQueue<Item> Destroyed { get; } = new();

    internal int Made => Volatile.Read(ref _made);

    internal int Alive => Volatile.Read(ref _alive);

    /// <summary>How many there were at most at the same time, those that were being made or destroyed included.</summary>
    internal int Most => Volatile.Read(ref _most);

    /// <summary>Awaited by each creation; by default there is nothing to wait for.</summary>
    internal Func<int, CancellationToken, Task> Creating { get; set; } = (_, _) => Task.CompletedTask;

    internal Func<Item, Task> Destroying { get; set; } = _ => Task.CompletedTask;

    internal Func<Item, bool> IsHealthy { get; set; } = _ => true;

    internal async Task<Item> CreateAsync(CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _made);
        Came();
        try
        {
            await Creating(number, cancellationToken);
            return new Item(number);
        }
        catch
        {
            Interlocked.Decrement(ref _alive);
            throw;
        }
    }

    internal async ValueTask DestroyAsync(Item item)
    {
        try
        {
            item.Die();
            Destroyed.Enqueue(item);
            await Destroying(item);
        }
        finally
        {
            Interlocked.Decrement(ref _alive);
        }
    }

    internal ValueTask<bool> ValidateAsync(Item item, CancellationToken cancellationToken) => new(IsHealthy(item));

    /// <summary>What it makes, in a pool.</summary>
    internal PoolOptions<Item> Options(int max) => new() { Max = max, Destroy = DestroyAsync };

    private void Came()
    {
        var alive = Interlocked.Increment(ref _alive);
        for (var seen = Volatile.Read(ref _most); seen < alive;)
        {
            var found = Interlocked.CompareExchange(ref _most, alive, seen);
            if (found == seen) return;
            seen = found;
        }
    }
}

/// <summary>One of the things that are pooled.</summary>
internal sealed class Item(int number)
{
    private int _users;
    private int _deaths;

    internal int Number { get; } = number;

    internal bool IsDead => Volatile.Read(ref _deaths) != 0;

    /// <summary>Fails if somebody else uses it, or if it was destroyed.</summary>
    internal void Enter()
    {
        if (Interlocked.Increment(ref _users) != 1) throw new InvalidOperationException($"Two have item {Number}.");
        if (IsDead) throw new InvalidOperationException($"Item {Number} is lent, and was destroyed.");
    }

    internal void Leave()
    {
        if (IsDead) throw new InvalidOperationException($"Item {Number} was destroyed while it was in use.");
        Interlocked.Decrement(ref _users);
    }

    internal void Die()
    {
        if (Volatile.Read(ref _users) != 0) throw new InvalidOperationException($"Item {Number} is destroyed while it is in use.");
        if (Interlocked.Exchange(ref _deaths, 1) != 0) throw new InvalidOperationException($"Item {Number} is destroyed twice.");
    }
}
