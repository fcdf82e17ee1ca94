namespace GoGoScope;

// Whose turn it is. The rules are those of the engine in memory, see WaitQueue.
internal ref partial struct RecordChange
{
    /// <summary>
    /// Grants to everybody whose turn it is: whoever ranks best, as long as it fits; so readers that lead together go together.
    /// Then those who are granted hold, with their tokens.
    /// </summary>
    private void Settle()
    {
        while (MayGrantMore && TryBest(out var place, out var best) && Admits(in best)) Grant(place, in best);
        HoldGranted();
    }

    /// <summary>Grants the lock to one of those who wait, or to the newcomer, and counts whom it passes over: all who came before.</summary>
    private void Grant(int place, in RecordWaiter granted)
    {
        _granted.Add(in granted);
        if (place < _waiters.Count) _waiters.RemoveAt(place);
        else _newcomer = null;
        for (var i = 0; i < place; i++)
        {
            ref var waiter = ref _waiters.Edit(i);
            waiter = waiter with { PassedOver = waiter.PassedOver + 1 };
        }
    }

    /// <summary>Whoever is to be granted the lock next, and its place in the queue.</summary>
    private readonly bool TryBest(out int place, out RecordWaiter best)
    {
        (place, best) = (-1, default);
        var waiters = _waiters.Items;
        for (var i = 0; i < waiters.Length; i++)
        {
            if (place < 0 || waiters[i].RanksBefore(in best, MaxPassedOver)) (place, best) = (i, waiters[i]);
        }
        if (_newcomer is { } newcomer && (place < 0 || newcomer.RanksBefore(in best, MaxPassedOver))) (place, best) = (waiters.Length, newcomer);
        return place >= 0;
    }

    private readonly bool Admits(in RecordWaiter waiter)
    {
        if (_permits > 0) return waiter.Weight <= FreePermits();
        if (waiter.Mode == LockMode.Exclusive) return _holders.Count == 0 && _granted.Count == 0;
        // An exclusive one is alone, so it is the first if it is there.
        return (_holders.Count == 0 || _holders.Items[0].Mode == LockMode.Read) && (_granted.Count == 0 || _granted.Items[0].Mode == LockMode.Read);
    }

    private readonly int FreePermits()
    {
        var free = _permits;
        foreach (ref readonly var holder in _holders.Items) free -= holder.Weight;
        // Those after are holders by now.
        foreach (ref readonly var granted in _granted.Items[_held..]) free -= granted.Weight;
        return free;
    }

    /// <summary>The processes that have to hear of this, without <paramref name="own"/>, which sees for itself.</summary>
    private readonly List<string>? Wake(string own)
    {
        List<string>? wake = null;
        foreach (ref readonly var granted in _granted.Items)
        {
            if (granted.Id.Process != own) Add(ref wake, granted.Id.Process);
        }
        if (_hasJoined)
        {
            foreach (ref readonly var holder in _holders.Items)
            {
                if (holder.HandsOn && holder.Id.Process != own && IsFirstToWaitFor(in holder)) Add(ref wake, holder.Id.Process);
            }
        }
        // The rest of the readers, if they are more than one swap can draw tokens for: whoever is next goes on with it.
        if (!MayGrantMore && TryBest(out _, out var best) && Admits(in best)) Add(ref wake, best.Id.Process);
        return wake;
    }

    /// <summary>Whether whoever has just joined the queue, at its end, is the first there of another process than the holder's.</summary>
    private readonly bool IsFirstToWaitFor(in RecordHolder holder)
    {
        foreach (ref readonly var waiter in _waiters.Items[..^1])
        {
            if (waiter.Id.Process != holder.Id.Process) return false;
        }
        return true;
    }

    private static void Add(ref List<string>? wake, string process)
    {
        if (wake is null) wake = [process];
        else if (!wake.Contains(process)) wake.Add(process);
    }

    private readonly int MaxPassedOver => _circumstances.Limits.MaxPassedOver;
}
