namespace GoGoScope.Tests.Locks.Model;

/// <summary>
/// One key, or one semaphore, as the rules have it, in lists and without a thought for speed: what the engine is compared with.
/// </summary>
internal sealed class QueueModel(int permits = 0)
{
    private long _tickets;

    internal List<ModelHolder> Holders { get; } = [];

    internal int FreePermits => permits - Holders.Sum(h => h.Weight);

    /// <summary>In the order in which they came.</summary>
    internal List<ModelWaiter> Waiters { get; } = [];

    /// <summary>Those passed over too often first, by age; then by priority; then by age.</summary>
    internal IEnumerable<ModelWaiter> Ranked => Waiters
        .OrderByDescending(w => w.IsAged)
        .ThenByDescending(w => w.IsAged ? 0 : w.Priority)
        .ThenBy(w => w.Ticket);

    /// <summary>Grants at once if nobody who holds, and nobody who waits and is ranked better, conflicts.</summary>
    internal bool TryGrantAtOnce(int client, LockMode mode, int priority, int weight)
    {
        var newcomer = new ModelWaiter(client, mode, priority, _tickets + 1, weight);
        if (!Fits(mode, weight) || Waiters.Any(w => Conflict(w.Mode, mode) && (w.IsAged || w.Priority >= priority))) return false;
        _tickets++;
        Grant(newcomer);
        // Being passed over once more may have put a reader first, which goes in as well.
        GrantAllThatFit();
        return true;
    }

    internal void Enqueue(int client, LockMode mode, int priority, int weight) => Waiters.Add(new ModelWaiter(client, mode, priority, ++_tickets, weight));

    /// <summary>A holder's guard is disposed or its lease ends.</summary>
    internal void Release(int client)
    {
        Holders.RemoveAll(h => h.Client == client);
        GrantAllThatFit();
    }

    /// <summary>A waiter gives up, for whatever reason.</summary>
    internal void Leave(int client)
    {
        Waiters.RemoveAll(w => w.Client == client);
        GrantAllThatFit();
    }

    internal QueueModel Clone()
    {
        var clone = new QueueModel(permits) { _tickets = _tickets };
        clone.Holders.AddRange(Holders);
        clone.Waiters.AddRange(Waiters.Select(w => w with { }));
        return clone;
    }

    private void GrantAllThatFit()
    {
        while (Ranked.FirstOrDefault() is { } best && Fits(best.Mode, best.Weight))
        {
            Waiters.Remove(best);
            Grant(best);
        }
    }

    private void Grant(ModelWaiter granted)
    {
        Holders.Add(new ModelHolder(granted.Client, granted.Mode, granted.Weight));
        foreach (var waiter in Waiters.Where(w => w.Ticket < granted.Ticket)) waiter.PassedOver++;
    }

    private bool Fits(LockMode mode, int weight) => permits > 0 ? weight <= FreePermits : !Holders.Exists(h => Conflict(h.Mode, mode));

    private static bool Conflict(LockMode one, LockMode other) => one == LockMode.Exclusive || other == LockMode.Exclusive;
}

internal sealed record ModelHolder(int Client, LockMode Mode, int Weight)
{
    internal string How => Weight == 0 ? $"{Mode}" : Weight == 1 ? "1 permit" : $"{Weight} permits";
}

internal sealed record ModelWaiter(int Client, LockMode Mode, int Priority, long Ticket, int Weight)
{
    internal string How => new ModelHolder(Client, Mode, Weight).How;

    internal int PassedOver { get; set; }

    internal bool IsAged => PassedOver >= Lock.MaxPassedOver;
}
