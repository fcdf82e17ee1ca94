namespace GoGoScope;

// What the record says about this process, whoever has written it. All of it under the gate.
internal sealed partial class KeyAgent
{
    // The record as last seen in the store: maybe no longer true, and then the next swap says so.
    private StoredRecord? _known;

    // How often the store, or news, has said what it is.
    private long _heard;

    /// <summary>The store has said what the record is, or, if it is not an <paramref name="isAnswer">answer</paramref>, has told of a change.</summary>
    private void Notice(in StoredRecord stored, LockRecord record, bool isAnswer, Tidings tidings)
    {
        // News may come late.
        if (!isAnswer && _known is { } known && (stored.Now < known.Now || stored.Version == known.Version))
        {
            // Unless it was only overtaken, by the answer to a look: the store tells the time at which it began, and who reads waits for nobody.
            _mustLook |= stored.Version != known.Version && _contender is { } waiting && record.IndexOfHolder(waiting.Id) >= 0;
            return;
        }
        _heard++;
        var isChanged = _known?.Version != stored.Version;
        _known = stored;
        _record = record;
        _isWaitedForElsewhere = IsWaitedForElsewhere();
        if (isAnswer && stored.Now >= _doubtUntil) _doubtUntil = 0;

        var now = Deadlines.Now;
        LoseWhatIsOver(now, tidings);
        foreach (ref readonly var holder in record.Holders)
        {
            if (holder.Id.Process != _provider.Process) continue;
            if (LeaseOf(holder.Id) is not { } lease)
            {
                Granted(in holder, now, tidings);
                continue;
            }
            if (!lease.IsOver) lease.Notice(in holder);
            if (isAnswer) lease.IsLeaving = false;
            if (isChanged) lease.IsSpent = false;
        }
        _contender?.Notice(record);
        if (_contender is { Stands: true } && _queue.Best() is Attempt best) best.HadToWait = true;
        if (!isAnswer)
        {
            // Somebody may have taken a key away by force; only an answer is believed that it is gone.
            _mustLook |= LacksLease();
            return;
        }
        LoseWhatIsGone(now, tidings);
        if (_contender is { Stands: false, HasStood: true }) (_contender, _waitedUntil) = (null, now);
    }

    /// <summary>Somebody of this process stands among the holders who did not before.</summary>
    private void Granted(in RecordHolder holder, long now, Tidings tidings)
    {
        var id = holder.Id;
        Attempt? attempt = null;
        KeyLease lease;
        if (_contender is { } contender && contender.Id == id)
        {
            _contender = null;
            lease = new KeyLease(this, id, contender.Kind, contender.For);
        }
        else if ((attempt = TryOf(id)) is not null)
        {
            lease = new KeyLease(this, id, attempt.Kind, attempt);
        }
        else if (FollowerOf(id) is { } follower)
        {
            StopFollowing(follower);
            lease = new KeyLease(this, id, follower.Kind, follower.Kind.EndsByItself ? follower : null);
        }
        else
        {
            return;
        }
        lease.Notice(in holder);
        lease.Start(lease.For?.Request.Options ?? LockOptions.Default, now);
        // Heard of too late: it is taken out of the record, and who waits for it enters again.
        if (now >= lease.RelyUntil)
        {
            if (attempt is not null) attempt.Entered = null;
            _lateGrants++;
            _lateGrant = new LockProviderException(_provider.Name, _key, $"the lease of {lease.Length} was over before the news of it came");
            return;
        }
        _lateGrants = 0;
        _leases.Add(lease);
        tidings.Scheduled(lease);
        if (attempt is not null) GrantAtOnce(lease, attempt, tidings);
    }

    /// <summary>The store's clock is further than was believed, and so are the ends of leases.</summary>
    internal void ClockJumped()
    {
        var tidings = Tidings.Begin();
        lock (_gate)
        {
            var now = Deadlines.Now;
            foreach (ref readonly var holder in _record.Holders)
            {
                if (LeaseOf(holder.Id) is not { IsOver: false } lease) continue;
                lease.Shorten(holder.ExpiresAt, now);
                if (!LoseIfOver(lease, now, tidings)) tidings.Scheduled(lease);
            }
        }
        tidings.Tell();
        // Not here: the answer that says so, of any key, comes first.
        RunElsewhere();
    }

    /// <summary>A lease that could not be relied upon any more, if only for a moment, is not to be had again, whatever the store says.</summary>
    private void LoseWhatIsOver(long now, Tidings tidings)
    {
        foreach (var lease in _leases) LoseIfOver(lease, now, tidings);
    }

    private bool LoseIfOver(KeyLease lease, long now, Tidings tidings)
    {
        if (lease.IsOver || now < lease.RelyUntil) return false;
        Lose(lease, "its time to live ended without renewal", now, tidings);
        return true;
    }

    /// <summary>
    /// After an answer of the store, not after news: what somebody has evicted is lost, whatever the clock here says, and what was
    /// to leave has left.
    /// </summary>
    private void LoseWhatIsGone(long now, Tidings tidings)
    {
        for (var i = _leases.Count - 1; i >= 0; i--)
        {
            var lease = _leases[i];
            if (_record.IndexOfHolder(lease.Id) >= 0) continue;
            if (!lease.IsIdle) Lose(lease, "the store no longer has it", now, tidings);
            Gone(lease, tidings);
        }
    }

    /// <summary>Whether a lease that guards hold here does not stand in the record.</summary>
    private bool LacksLease()
    {
        foreach (var lease in _leases)
        {
            if (!lease.IsIdle && _record.IndexOfHolder(lease.Id) < 0) return true;
        }
        return false;
    }

    private KeyLease? LeaseOf(ContenderId id)
    {
        foreach (var lease in _leases)
        {
            if (lease.Id == id) return lease;
        }
        return null;
    }

    private Attempt? TryOf(ContenderId id)
    {
        foreach (var attempt in _tries)
        {
            if (attempt.Entered?.Id == id) return attempt;
        }
        return null;
    }

    private bool IsWaitedForElsewhere()
    {
        foreach (ref readonly var waiter in _record.Waiters)
        {
            if (waiter.Id.Process != _provider.Process) return true;
        }
        return false;
    }
}
