namespace GoGoScope;

/// <summary>
/// Those who wait for one key in this process, ranked: first whoever was passed over <see cref="Lock.MaxPassedOver"/> times, by
/// age; then by priority; then by age. All of it under the gate of its owner.
/// </summary>
internal sealed class WaitQueue
{
    /// <summary>The ticket of a request that is granted without waiting: later than everybody's who waits.</summary>
    internal const long NewestTicket = long.MaxValue;

    private PriorityLevel? _highest;
    private PriorityLevel? _spare;
    private long _lastTicket;

    internal bool IsEmpty => _highest is null;

    internal int Count { get; private set; }

    internal void Add(QueuedRequest waiter)
    {
        Count++;
        waiter.Ticket = ++_lastTicket;
        LevelOf(waiter.Priority).Append(waiter);
    }

    internal void Remove(QueuedRequest waiter)
    {
        Count--;
        var level = waiter.Level!;
        level.Remove(waiter);
        if (level.Head is null) Drop(level);
    }

    /// <summary>Whoever is to be granted the lock next; null if nobody waits.</summary>
    internal QueuedRequest? Best()
    {
        QueuedRequest? aged = null;
        for (var level = _highest; level is not null; level = level.Lower)
        {
            if (level.IsHeadAged && (aged is null || level.Head!.Ticket < aged.Ticket)) aged = level.Head;
        }
        return aged ?? _highest?.Head;
    }

    /// <summary>Whether somebody who waits comes before a new request and could not hold the lock together with it.</summary>
    internal bool Blocks(LockMode mode, int priority)
    {
        for (var level = _highest; level is not null; level = level.Lower)
        {
            var conflicts = mode != LockMode.Read
                || (level.Priority >= priority ? level.ExclusiveCount > 0 : level.Head!.Mode != LockMode.Read);
            if (conflicts && (level.Priority >= priority || level.IsHeadAged)) return true;
        }
        return false;
    }

    /// <summary>A request with <paramref name="ticket"/> from <paramref name="own"/> was granted: counts whom it passed over.</summary>
    internal void CountPassedOver(long ticket, PriorityLevel? own)
    {
        for (var level = _highest; level is not null; level = level.Lower)
        {
            if (level != own) level.CountPassedOver(ticket);
        }
    }

    /// <summary>Everybody who waits, best first, with how often each was passed over.</summary>
    internal List<(QueuedRequest Waiter, int PassedOver)> Ranked()
    {
        var all = new List<(QueuedRequest Waiter, int PassedOver)>();
        for (var level = _highest; level is not null; level = level.Lower) level.CopyTo(all);
        all.Sort(static (left, right) =>
        {
            var (leftAged, rightAged) = (left.PassedOver >= Lock.MaxPassedOver, right.PassedOver >= Lock.MaxPassedOver);
            if (leftAged != rightAged) return leftAged ? -1 : 1;
            if (!leftAged && left.Waiter.Priority != right.Waiter.Priority) return right.Waiter.Priority.CompareTo(left.Waiter.Priority);
            return left.Waiter.Ticket.CompareTo(right.Waiter.Ticket);
        });
        return all;
    }

    private PriorityLevel LevelOf(int priority)
    {
        ref var link = ref _highest;
        while (link is not null && link.Priority > priority) link = ref link.Lower;
        if (link is not null && link.Priority == priority) return link;

        var level = _spare ?? new PriorityLevel();
        _spare = null;
        level.Priority = priority;
        level.Lower = link;
        link = level;
        return level;
    }

    private void Drop(PriorityLevel level)
    {
        ref var link = ref _highest;
        while (link != level) link = ref link!.Lower;
        link = level.Lower;
        level.Lower = null;
        _spare = level;
    }
}
