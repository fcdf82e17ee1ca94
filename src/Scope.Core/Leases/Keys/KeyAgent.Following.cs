namespace GoGoScope;

// A semaphore may have room for more than one of those who wait here. Only the best of them stands in the queue of the record; those behind
// it come with a swap that is made anyway, each if there is room when whoever ranks before it holds. All of it under the gate.
internal sealed partial class KeyAgent
{
    // Those whom the store was asked to grant permits at once, and who stand in the queue here: they may have got them.
    private readonly List<Attempt> _followers = [];

    /// <summary>Those behind the best here for whom there may be permits, by the record as it was last seen; null for nobody.</summary>
    private List<Attempt>? Followers(long now, List<KeyStep> steps)
    {
        if (_queued < 2 || _queue.Best() is not Attempt { Kind.Permits: > 0 } best) return null;
        var room = RoomBeside(best);
        if (room <= 0) return null;
        List<Attempt>? followers = null;
        // What would have to be known better to serve one of them here does not matter before it is the best: nothing else would ever be done.
        var ignored = false;
        foreach (var (waiter, _) in _queue.Ranked())
        {
            if (waiter == best) continue;
            var attempt = (Attempt)waiter;
            room -= attempt.Kind.Weight;
            if (room < 0) break;
            if (!Mend(NeedOf(attempt, now, out var lease), lease, now, steps, ref ignored)) (followers ??= []).Add(attempt);
        }
        return followers;
    }

    /// <summary>Adds them to what is done now; nothing is done for them alone.</summary>
    private void Follow(List<Attempt> followers, List<KeyStep> steps)
    {
        if (steps.Count == 0) return;
        var before = _contender?.Id;
        foreach (var attempt in followers)
        {
            if (attempt.Entered is null) _followers.Add(attempt);
            var contender = attempt.Entered ??= NewContender(attempt, TokensFor(attempt));
            steps.Add(new FollowStep(contender, before));
            before = contender.Id;
        }
    }

    /// <summary>It stands for nothing in the store any more, or for the process's contender: answers what it was to stand there as.</summary>
    private Contender? StopFollowing(Attempt attempt)
    {
        var entered = attempt.Entered;
        if (entered is null) return null;
        attempt.Entered = null;
        _followers.Remove(attempt);
        return entered;
    }

    private Attempt? FollowerOf(ContenderId id)
    {
        foreach (var attempt in _followers)
        {
            if (attempt.Entered!.Id == id) return attempt;
        }
        return null;
    }

    /// <summary>How many permits nobody has beside <paramref name="best"/>: leases that are held by nobody here count as free.</summary>
    private long RoomBeside(Attempt best)
    {
        long room = best.Kind.Permits - best.Kind.Weight;
        foreach (ref readonly var holder in _record.Holders)
        {
            if (holder.Id.Process != _provider.Process || LeaseOf(holder.Id) is not { IsIdle: true }) room -= holder.Weight;
        }
        return room;
    }

    /// <summary>Whether all that can be done for it is done: it waits in the queue of the record for permits that others have.</summary>
    private bool IsWaitedForPermits(Attempt best) =>
        best.Mode == LockMode.Permits && _contender is { Stands: true } standing && standing.Serves(best) && standing.Priority >= best.Priority;

    /// <summary>What the key is to those who use it here, if it is no lock.</summary>
    private string? Title()
    {
        var permits = (_queue.Best() as Attempt)?.Kind.Permits ?? 0;
        foreach (var lease in _leases)
        {
            if (!lease.IsIdle) permits = lease.Kind.Permits;
        }
        return permits == 0 ? null : AsyncSemaphore.Describe(_key, permits);
    }
}
