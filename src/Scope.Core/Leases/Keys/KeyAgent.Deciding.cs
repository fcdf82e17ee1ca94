namespace GoGoScope;

// How requests and leases end. All of it under the gate.
internal sealed partial class KeyAgent
{
    /// <summary>A request that may not wait does not get the key now.</summary>
    internal void Refuse(Attempt attempt, Tidings tidings)
    {
        if (TryDecide(attempt)) tidings.Without(attempt, WaitOutcome.TimedOut, Holder(), storeError: null);
    }

    /// <summary>Too many processes wait: there is no place for whoever is best here, unless that has come only now.</summary>
    internal void RefuseForQueue(KeyContender contender, long arrivals, Tidings tidings)
    {
        if (_contender == contender) _contender = null;
        if (_queue.Best() is Attempt best && contender.Serves(best) && best.Arrival <= arrivals) RefuseForQueue(best, tidings);
    }

    /// <summary>The key is in use elsewhere as something else than whoever is best here takes it for, unless that has come only now.</summary>
    internal void RefuseForOtherUse(KeyContender contender, long arrivals, int found, Tidings tidings)
    {
        if (_contender == contender) _contender = null;
        if (_queue.Best() is Attempt best && contender.Serves(best) && best.Arrival <= arrivals) RefuseForOtherUse(best, found, tidings);
    }

    /// <summary>The key has <paramref name="found"/> permits to those who use it, none if it is a lock to them.</summary>
    internal void RefuseForOtherUse(Attempt attempt, int found, Tidings tidings) =>
        Fail(attempt, new KeyInOtherUseException(_key, attempt.Kind.Permits, found), tidings);

    /// <summary>The lease lasts until <paramref name="expiresAt"/> by the store's clock.</summary>
    internal void Renewed(KeyLease lease, KeyLease.WantedTime wanted, long expiresAt, Tidings tidings)
    {
        var now = Deadlines.Now;
        if (lease.IsOver || !lease.TryRenewed(wanted, expiresAt, now)) return;
        lease.IsSpent = !lease.LastsFor(now);
        if (lease.TakeAsked() is { } asked) tidings.Add(asked.SetResult);
        tidings.Scheduled(lease);
    }

    /// <summary>A lease does not stand in the record, going by news of it; an answer decides that.</summary>
    internal void NotFound() => _mustLook = true;

    private void RefuseForQueue(Attempt attempt, Tidings tidings) =>
        Fail(attempt, new LockProviderException(_provider.Name, _key, $"{Options.MaxWaiters} wait for it already ({nameof(LeaseOptions)}.{nameof(LeaseOptions.MaxWaiters)})"), tidings);

    private void Fail(Attempt attempt, Exception error, Tidings tidings)
    {
        if (TryDecide(attempt)) tidings.Failed(attempt, error);
    }

    private void Lose(KeyLease lease, string why, Tidings tidings)
    {
        foreach (var hold in lease.End()) tidings.Add(hold.Lose(why));
        FailAsked(lease, () => new LeaseLostException(LockText.Describe(_key, lease.Kind.Mode), _key, lease.LastUsedToken, why), tidings);
        tidings.Cancelled(lease);
    }

    /// <summary>The same while the key goes on being asked for: whoever has waited for its guards waits for the store now.</summary>
    private void Lose(KeyLease lease, string why, long now, Tidings tidings)
    {
        if (lease is { IsIdle: false, Kind.Permits: 0 }) _waitedUntil = now;
        Lose(lease, why, tidings);
    }

    /// <summary>The lease stands in the record no longer.</summary>
    private void Gone(KeyLease lease, Tidings tidings)
    {
        _leases.Remove(lease);
        FailAsked(lease, static () => LockHold.Released(), tidings);
        tidings.Left(lease.TakeLeft());
        tidings.Cancelled(lease);
    }

    private static void FailAsked(KeyLease lease, Func<Exception> error, Tidings tidings)
    {
        if (lease.TakeAsked() is { } asked) tidings.Add(Tell, asked, error);

        static void Tell(object about, object? error)
        {
            var asked = (TaskCompletionSource)about;
            asked.SetException(((Func<Exception>)error!)());
            // Whoever asked may have given up by its token.
            _ = asked.Task.Exception;
        }
    }

    /// <summary>Makes whatever comes now the outcome; false if there is one already.</summary>
    private bool TryDecide(Attempt attempt)
    {
        if (attempt.IsDecided) return false;
        attempt.IsDecided = true;
        if (attempt.Level is not null)
        {
            _queue.Remove(attempt);
            _queued--;
            if (attempt.Entered is not null) StopFollowing(attempt);
        }
        else
        {
            _tries.Remove(attempt);
        }
        return true;
    }

    /// <summary>
    /// Whether those in the queue here wait, for others or for a guard of this process. Whom the store has not answered yet does not:
    /// it may get the key at once.
    /// </summary>
    private bool IsWaiting => _contender is { Stands: true } || (_queue.Best() is Attempt best && IsHeldAgainst(best.Mode));

    /// <summary>Whether somebody here holds the key, waits for it or is asking for it as something else. A lease that nobody holds only has to leave.</summary>
    private bool IsInOtherUse(int permits, out int found)
    {
        foreach (var lease in _leases)
        {
            if (!lease.IsIdle && (found = lease.Kind.Permits) != permits) return true;
        }
        if (_queue.Best() is Attempt best && (found = best.Kind.Permits) != permits) return true;
        found = _tries.Count > 0 ? _tries[0].Kind.Permits : permits;
        return found != permits;
    }

    private void Queue(Attempt attempt)
    {
        _queue.Add(attempt);
        _queued++;
    }

    private List<Attempt> Waiting() => [.. _queue.Ranked().Select(static ranked => (Attempt)ranked.Waiter), .. _tries];

    /// <summary>Who has the key, or comes first, for the error of whoever does not get it.</summary>
    private string? Holder()
    {
        foreach (var lease in _leases)
        {
            if (!lease.IsIdle) return lease.Guards[0].Owner;
        }
        if (_record.Holders.Length > 0) return _record.Holders[0].Owner;
        if (_record.Waiters.Length > 0) return _record.Waiters[0].Contender.Owner;
        return (_queue.Best() as Attempt)?.Owner;
    }
}
