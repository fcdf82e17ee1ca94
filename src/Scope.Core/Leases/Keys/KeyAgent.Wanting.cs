namespace GoGoScope;

// What has to become of the record, as things stand here. All of it under the gate.
internal sealed partial class KeyAgent
{
    // After a look: whoever waits sees to leases that have ended and to waiters that have died.
    private bool _mustSettle;

    /// <summary>
    /// Adds what is to be done about the record now; nothing if it is as it should be. <paramref name="look"/>: it has to be read first.
    /// </summary>
    private void AddSteps(List<KeyStep> steps, long now, Tidings tidings, out bool look)
    {
        look = _mustLook && IsConcerned;
        if (look) return;

        foreach (var lease in _leases) lease.IsKept = false;
        var next = NextContender(now, steps, ref look);
        var followers = Followers(now, steps);
        List<KeyStep>? tries = null;
        foreach (var attempt in _tries)
        {
            if (!Mend(NeedOf(attempt, now, out var lease), lease, now, steps, ref look))
                (tries ??= []).Add(new TryStep(this, attempt, attempt.Entered ??= NewContender(attempt, TokensFor(attempt))));
        }
        AddLeaves(now, steps, ref next, tidings);
        foreach (var lease in _leases)
        {
            if (lease.IsLeaving) continue;
            if (lease.Wanted is { } wanted) steps.Add(new RenewStep(this, lease, wanted));
            if (lease.RunsLow && !_isWaitedForElsewhere && !lease.IsKept) steps.Add(new DrawStep(this, lease));
        }
        if (next is not null) steps.Add(new ContendStep(this, next, _arrivals, _isReadyToWait || _provider.IsReadyToWait));
        if (followers is not null) Follow(followers, steps);
        if (tries is not null) steps.AddRange(tries);
        (_mustSettle, _isReadyToWait) = (false, false);
    }

    /// <summary>Whether anything here depends on what stands in the record.</summary>
    private bool IsConcerned => IsWanted || IsInDoubt || HasStrays;

    /// <summary>Whether somebody here wants something of the key, or has it, or has had it just now.</summary>
    private bool IsWanted => !_queue.IsEmpty || _tries.Count > 0 || _leases.Count > 0;

    /// <summary>Sees to the contender of whoever ranks best here; the answer has to be brought into the record.</summary>
    private KeyContender? NextContender(long now, List<KeyStep> steps, ref bool look)
    {
        if (_queue.Best() is not Attempt best)
        {
            _contender = null;
            return null;
        }
        // Nor does one that was raised for somebody who has gone: who comes in its stead has its place.
        if (_contender?.Serves(best) == false || _contender?.Priority > best.Priority) _contender = null;
        if (Mend(NeedOf(best, now, out var lease), lease, now, steps, ref look))
        {
            if (_contender is { Stands: false }) _contender = null;
        }
        else if (_contender is null or { Stands: false })
        {
            return _contender ??= new KeyContender(StopFollowing(best) ?? NewContender(best, TokensFor(best)), best.Kind, best.Kind.EndsByItself ? best : null);
        }
        if (_contender is { } standing && standing.Priority < best.Priority) steps.Add(new RaiseStep(standing, best.Priority));
        else if (_contender is not null && _mustSettle) steps.Add(new ContendStep(this, _contender, _arrivals, mayWait: true));
        return null;
    }

    /// <summary>Sees to what is missing for a lease of this process to serve somebody here; false if no lease can.</summary>
    private bool Mend(Need need, KeyLease? lease, long now, List<KeyStep> steps, ref bool look)
    {
        if (need == Need.Contender) return false;
        if (lease is null) return true;
        if (need == Need.MoreTime && lease.Wanted is null && !lease.Want(now)) return false;
        if (!lease.IsKept)
        {
            lease.IsKept = true;
            if (need == Need.MoreTokens) steps.Add(new DrawStep(this, lease));
        }
        look |= need == Need.Look;
        return true;
    }

    /// <summary>Takes out of the record what serves nobody here; <paramref name="next"/> comes in with the first of it.</summary>
    private void AddLeaves(long now, List<KeyStep> steps, ref KeyContender? next, Tidings tidings)
    {
        // Those who wait come first: who comes in the stead of one has its place.
        foreach (ref readonly var waiter in _record.Waiters)
        {
            if (IsStray(waiter.Id)) AddLeave(waiter.Id, long.MaxValue, steps, ref next);
        }
        for (var i = _leases.Count - 1; i >= 0; i--)
        {
            var lease = _leases[i];
            var lingers = lease.IsIdle && Lingers(lease, now);
            if (lingers) LetLinger(lease, tidings);
            lease.IsLeaving = lease.IsOver || (lease.IsIdle && !lease.IsKept && !lingers);
            if (!lease.IsLeaving) continue;
            if (_record.IndexOfHolder(lease.Id) < 0) Gone(lease, tidings);
            else AddLeave(lease.Id, lease.LastUsedToken, steps, ref next);
        }
        foreach (ref readonly var holder in _record.Holders)
        {
            if (IsStray(holder.Id)) AddLeave(holder.Id, long.MaxValue, steps, ref next);
        }
    }

    private void AddLeave(ContenderId id, long lastUsedToken, List<KeyStep> steps, ref KeyContender? next)
    {
        // Where what leaves is of another kind of use, all of that has to leave first.
        var comes = _provider.IsReadyToWait && next?.Kind.Permits == _record.Permits ? next : null;
        if (comes is not null) next = null;
        steps.Add(new LeaveStep(this, id, lastUsedToken, comes, _arrivals));
    }

    private bool HasStrays
    {
        get
        {
            foreach (ref readonly var holder in _record.Holders)
            {
                if (IsStray(holder.Id)) return true;
            }
            foreach (ref readonly var waiter in _record.Waiters)
            {
                if (IsStray(waiter.Id)) return true;
            }
            return false;
        }
    }

    /// <summary>Whether it stands in the record for this process and serves nobody: a wait that was given up, a grant that came too late.</summary>
    private bool IsStray(ContenderId id) => id.Process == _provider.Process && _contender?.Id != id && LeaseOf(id) is null;

    private Contender NewContender(Attempt attempt, int tokens) => new()
    {
        Id = _provider.NewId(),
        Owner = attempt.Owner,
        Mode = attempt.Mode,
        Weight = attempt.Kind.Weight,
        Permits = attempt.Kind.Permits,
        Priority = attempt.Priority,
        TimeToLive = attempt.Kind.TimeToLive,
        Tokens = tokens,
    };

    /// <summary>How many guards are likely to have the lease before the store is asked again.</summary>
    private int TokensFor(Attempt best)
    {
        if (best.Kind.EndsByItself) return 1;
        if (best.Mode == LockMode.Permits) return Options.Linger > TimeSpan.Zero || (_queued > 1 && !_isWaitedForElsewhere) ? best.Kind.TokenShare : 1;
        if (Options.Linger > TimeSpan.Zero) return RecordLimits.MaxDraw;
        if (best.Mode == LockMode.Read) return Math.Clamp(_queued, 1, RecordLimits.MaxDraw);
        return _queued > 1 && !_isWaitedForElsewhere ? RecordLimits.MaxDraw : 1;
    }

    /// <summary>Whether the release of a guard leaves anything to be done about the record.</summary>
    private bool NeedsStore(KeyLease released, long now) =>
        (released.IsIdle && !Lingers(released, now)) || (released.RunsLow && !_isWaitedForElsewhere) || (_queue.Best() is Attempt best && !IsHeldAgainst(best.Mode) && !IsWaitedForPermits(best));
}
