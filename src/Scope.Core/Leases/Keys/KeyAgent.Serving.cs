namespace GoGoScope;

// How what the process holds goes from one of its requests to the next, without the store. All of it under the gate.
internal sealed partial class KeyAgent
{
    /// <summary>Whether another process waits for the key, as the record was last seen: then the store decides who is next.</summary>
    private bool _isWaitedForElsewhere;

    /// <summary>When the store last said what the record is.</summary>
    private long _answeredAt;

    /// <summary>What would have to be done for whoever ranks best here to be granted the key.</summary>
    private enum Need
    {
        Nothing,
        Look,
        MoreTime,
        MoreTokens,
        Contender,
    }

    /// <summary>Grants the key to everybody here whose turn it is and whom a lease of this process serves.</summary>
    private void Serve(long now, Tidings tidings)
    {
        while (_queue.Best() is Attempt best && !IsHeldAgainst(best.Mode) && LeaseFor(best.Kind, best, now) is { } lease)
        {
            var (ticket, level) = (best.Ticket, best.Level);
            TryDecide(best);
            _queue.CountPassedOver(ticket, level);
            Grant(lease, best, tidings);
        }
        for (var i = _tries.Count - 1; i >= 0; i--)
        {
            var attempt = _tries[i];
            if (IsBlocked(attempt.Mode, attempt.Priority)) Refuse(attempt, tidings);
            else if (LeaseFor(attempt.Kind, attempt, now) is { } lease) GrantAtOnce(lease, attempt, tidings);
        }
        foreach (var lease in _leases) lease.IsFresh = false;
    }

    /// <summary>Whether a request that has just come has to wait, whatever the store says: for a guard of this process, or behind others.</summary>
    private bool IsBlocked(LockMode mode, int priority) => _queue.Blocks(mode, priority) || IsHeldAgainst(mode);

    /// <summary>Grants it to somebody who does not stand in the queue.</summary>
    private void GrantAtOnce(KeyLease lease, Attempt attempt, Tidings tidings)
    {
        if (!TryDecide(attempt)) return;
        _queue.CountPassedOver(WaitQueue.NewestTicket, own: null);
        Grant(lease, attempt, tidings);
    }

    private static void Grant(KeyLease lease, Attempt attempt, Tidings tidings)
    {
        tidings.Left(lease.TakeLeft());
        tidings.Granted(attempt, lease.Grant(in attempt.Request));
    }

    /// <summary>Whether a guard of this process holds the key in a way that excludes <paramref name="mode"/>. Permits are counted in the record.</summary>
    private bool IsHeldAgainst(LockMode mode)
    {
        if (mode == LockMode.Permits) return false;
        foreach (var lease in _leases)
        {
            if (!lease.IsIdle && (mode == LockMode.Exclusive || lease.Kind.Mode == LockMode.Exclusive)) return true;
        }
        return false;
    }

    private KeyLease? LeaseFor(LeaseKind kind, Attempt? attempt, long now)
    {
        foreach (var lease in _leases)
        {
            if (MayServe(lease, kind, attempt, now) && lease.HasToken && (lease.IsFresh || (IsSureOfTurn(now) && lease.LastsFor(now)))) return lease;
        }
        return null;
    }

    /// <summary>Whether the lease is of the right kind; also if there is something in the way that the store can mend.</summary>
    private bool MayServe(KeyLease lease, LeaseKind kind, Attempt? attempt, long now)
    {
        if (lease.IsOver || lease.IsLeaving || lease.MayHaveLeft || now >= lease.RelyUntil || lease.Kind != kind) return false;
        // Those who read share one; permits are of one guard after another.
        if (kind.Permits > 0 && !lease.IsIdle) return false;
        if (kind.EndsByItself) return attempt is not null && lease.For == attempt;
        return lease.IsFresh || (!_isWaitedForElsewhere && Options.LocalTurn > TimeSpan.Zero);
    }

    /// <summary>
    /// Whether it is known well enough that nobody else waits. News of that can be lost, so the store is asked again after
    /// a while, however short the guards hold the key.
    /// </summary>
    private bool IsSureOfTurn(long now) => now - _answeredAt <= Deadlines.Later(0, Options.LocalTurn);

    private Need NeedOf(Attempt best, long now, out KeyLease? lease)
    {
        lease = null;
        if (IsHeldAgainst(best.Mode)) return Need.Nothing;
        foreach (var candidate in _leases)
        {
            if (!MayServe(candidate, best.Kind, best, now) || candidate.IsSpent) continue;
            if (best.Kind.Permits > 0 && candidate.IsKept) continue;
            lease = candidate;
            if (!candidate.LastsFor(now)) return Need.MoreTime;
            if (!candidate.HasToken) return Need.MoreTokens;
            return Need.Look;
        }
        return Need.Contender;
    }
}
