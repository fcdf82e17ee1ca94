namespace GoGoScope;

// What happens while the store can't be used: everything is tried again, with longer pauses, and what has waited too long fails.
internal sealed partial class KeyAgent
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    // Else a lease could end while its renewal waits for another try of something else.
    private const int PausesPerLease = 8;

    // Only the runner sets these.
    private TimeSpan _pause;
    private long _failingSince;

    // Until when those in the queue here last waited for a guard of this process, or in the queue of the store, and not for the store.
    private long _waitedUntil;

    private bool _isFailureLogged;

    // Grants that were heard of too late, one after another, and what the newest comes to until the runner sees to it. One may
    // be by a clock that nobody has compared for long; more are by leases that are too short.
    private int _lateGrants;
    private LockProviderException? _lateGrant;

    private volatile Task? _pausing;

    private readonly GivingUp _givingUp;

    // A request whose fate is not known may take effect until this time of the store's clock; zero if there is none.
    private long _doubtUntil;

    private bool IsInDoubt => _doubtUntil > 0;

    /// <summary>The store has done what was wanted, or nothing more is wanted.</summary>
    private void Worked()
    {
        _pause = TimeSpan.Zero;
        _lateGrants = 0;
        if (_storeError is null) return;
        lock (_gate) (_storeError, _isFailureLogged) = (null, false);
    }

    private void ThrowIfLateAgain()
    {
        if (_lateGrant is not { } late) return;
        _lateGrant = null;
        if (_lateGrants > 1) throw late;
    }

    private async Task FailedAsync(KeyRunner runner, Exception error)
    {
        if (_pause == TimeSpan.Zero) (_pause, _failingSince) = (FirstPause, runner.StartedAt);
        var wrapped = Wrap(error);
        GiveUp(wrapped, isHopeless: error is FormatException or ArgumentException);
        var longest = TimeSpan.FromTicks(Math.Clamp(ShortestLease().Ticks / PausesPerLease, FirstPause.Ticks, LongestPause.Ticks));
        var pause = _pause < longest ? _pause : longest;
        _pausing = Pause(pause);
        await _pausing.ConfigureAwait(false);
        _pause = pause * 2;
        GiveTurnBack(runner);
        await WaitForTurnAsync(runner).ConfigureAwait(false);
    }

    private Task Pause(TimeSpan pause)
    {
        try
        {
            return Task.Delay(pause, Options.TimeProvider);
        }
        catch (Exception)
        {
            // A clock that makes no timer must not be the end of the runner.
            return Task.Delay(pause, TimeProvider.System);
        }
    }

    /// <summary>The length of the shortest lease that is held here; longer than any other if there is none.</summary>
    private TimeSpan ShortestLease()
    {
        var shortest = TimeSpan.MaxValue;
        lock (_gate)
        {
            foreach (var lease in _leases)
            {
                if (!lease.IsIdle && lease.Length < shortest) shortest = lease.Length;
            }
        }
        return shortest;
    }

    /// <summary>Fails those who have waited for the store for as long as it may take; everybody, if waiting makes no sense.</summary>
    private void GiveUp(LockProviderException error, bool isHopeless)
    {
        var tidings = Tidings.Begin();
        lock (_gate)
        {
            _storeError = error;
            _mustLook = true;
            var now = Deadlines.Now;
            GiveUpWaiting(error, isHopeless, now, tidings);
            if (isHopeless || HasWaitedTooLong(_failingSince, now)) GiveUpLeases(error, now, tidings);
        }
        tidings.Tell();
    }

    private void GiveUpWaiting(LockProviderException error, bool isHopeless, long now, Tidings tidings)
    {
        // Who stands in the queue of the store still does when it is back, and who waits for a guard here does not wait for it.
        var isWaiting = IsWaiting;
        var next = long.MaxValue;
        foreach (var attempt in Waiting())
        {
            if (isWaiting && attempt.MayWait && !isHopeless) continue;
            var since = Math.Max(Math.Max(attempt.CameAt, _failingSince), attempt.MayWait ? _waitedUntil : 0);
            if (!isHopeless && !HasWaitedTooLong(since, now))
            {
                next = Math.Min(next, Deadlines.Later(since, Options.StoreTimeout));
                continue;
            }
            Report(error, tidings);
            Fail(attempt, error, tidings);
        }
        // The next try may take longer than those may wait who have come since.
        if (next < long.MaxValue) tidings.Add(() => Deadlines.ScheduleAt(_givingUp, next));
    }

    /// <summary>Somebody has waited long enough for a store that still fails, also if it is just being asked again.</summary>
    private sealed class GivingUp(KeyAgent agent) : Deadline
    {
        internal override void OnDue(long now)
        {
            var tidings = Tidings.Begin();
            lock (agent._gate)
            {
                if (agent._storeError is { } error) agent.GiveUpWaiting(error, isHopeless: false, now, tidings);
            }
            tidings.Tell();
            agent.RunElsewhere();
        }
    }

    /// <summary>Once, until the store can be used again.</summary>
    private void Report(LockProviderException error, Tidings tidings)
    {
        if (!_isFailureLogged) tidings.Add(() => GoGoScopeEventSource.Log?.StoreFailed(error));
        _isFailureLogged = true;
    }

    private void GiveUpLeases(LockProviderException error, long now, Tidings tidings)
    {
        Report(error, tidings);
        for (var i = _leases.Count - 1; i >= 0; i--)
        {
            var lease = _leases[i];
            FailAsked(lease, () => error, tidings);
            if (!lease.IsIdle) continue;
            tidings.Left(lease.TakeLeft());
            // A lease ends by itself.
            if (now >= lease.RelyUntil) Gone(lease, tidings);
        }
    }

    /// <summary>The time for asking the store is over: what stands there of this process ends by itself.</summary>
    private void LeaveAsItIs(Tidings tidings)
    {
        _record = LockRecord.Free;
        _doubtUntil = 0;
        for (var i = _leases.Count - 1; i >= 0; i--) Gone(_leases[i], tidings);
    }

    /// <summary>What to tell a request whose time is over of the store; null if it had to wait for others, and the store has not failed for as long as it may.</summary>
    private LockProviderException? StoreErrorOf(Attempt attempt)
    {
        var waited = attempt.MayWait && (attempt.HadToWait || IsWaiting);
        return waited && !HasWaitedTooLong(_failingSince, Deadlines.Now) ? null : _storeError ?? Unanswered(attempt);
    }

    /// <summary>
    /// What to tell a request whose time is over, and whom nothing kept here but a store that has said nothing since it came; null otherwise. One
    /// that may not wait would have been answered by now.
    /// </summary>
    private LockProviderException? Unanswered(Attempt attempt)
    {
        if (attempt.MayWait && (attempt.HadToWait || IsWaiting || _answeredAt >= attempt.CameAt)) return null;
        var what = $"it has not answered within {LockText.Duration(attempt.MayWait ? attempt.Request.Timeout : Options.StoreTimeout)}";
        return new LockProviderException(_provider.Name, _key, what, new TimeoutException());
    }

    private bool HasWaitedTooLong(long since, long now) => now - since >= Deadlines.Later(0, Options.StoreTimeout);

    /// <summary>A request that failed may take effect until then, and what it was to take out of the record may have left.</summary>
    private void Doubt(long until)
    {
        lock (_gate)
        {
            _doubtUntil = Math.Max(_doubtUntil, until);
            foreach (var lease in _leases) lease.MayHaveLeft |= lease.IsLeaving;
        }
    }

    private LockProviderException Wrap(Exception error) => error as LockProviderException
        ?? new LockProviderException(_provider.Name, _key, error is FormatException ? error.Message : $"{error.GetType().Name}: {error.Message}", error);
}
