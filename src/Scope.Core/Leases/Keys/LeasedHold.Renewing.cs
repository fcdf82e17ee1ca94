namespace GoGoScope;

// How long the lease can be relied upon, and how that is moved.
internal sealed partial class LeasedHold
{
    private const int RenewalsPerLease = 3;
    private const int RetriesPerLease = 12;

    private readonly TimeSpan _timeToLive;
    private readonly bool _isRenewedByItself;
    private readonly long _longestUntil;
    private readonly LeaseEnd _end;
    private readonly LeaseRenewal _renewal;
    private TaskCompletionSource? _asked;
    private long _askedUntil;

    /// <summary>Begins to count.</summary>
    internal void Start()
    {
        _agent.Deadlines.ScheduleAt(_end, _relyUntil);
        if (_isRenewedByItself) ScheduleRenewal(RenewalsPerLease);
    }

    /// <summary>The store has moved the end to <paramref name="expiresAt"/> of its clock, or had it there already.</summary>
    internal void Renewed(long expiresAt)
    {
        var relyUntil = Math.Min(_agent.Clock.RelyUntil(expiresAt), _longestUntil);
        TaskCompletionSource? asked;
        lock (_gate)
        {
            if (_state != State.Held) return;
            (asked, _asked) = (_asked, null);
            // Who asks for an earlier end gets it here; the store keeps the later one until we leave.
            if (asked is not null) relyUntil = Math.Min(relyUntil, _askedUntil);
            Volatile.Write(ref _relyUntil, relyUntil);
        }
        _agent.Deadlines.ScheduleAt(_end, relyUntil);
        if (_isRenewedByItself) ScheduleRenewal(RenewalsPerLease);
        asked?.SetResult();
    }

    /// <summary>The store could not be asked. There is still time, or the end comes by itself.</summary>
    internal void NotRenewed(LockProviderException error)
    {
        TaskCompletionSource? asked;
        lock (_gate) (asked, _asked) = (_asked, null);
        asked?.SetException(error);
        if (_isRenewedByItself) ScheduleRenewal(RetriesPerLease);
    }

    protected internal override ValueTask RenewAsync(long token, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        try
        {
            ThrowIfLost(token);
        }
        catch (Exception lost)
        {
            return ValueTask.FromException(lost);
        }
        return _isRenewedByItself ? default : new ValueTask(RenewOnceAsync(timeToLive).WaitAsync(cancellationToken));
    }

    private Task RenewOnceAsync(TimeSpan timeToLive)
    {
        var deadlines = _agent.Deadlines;
        TaskCompletionSource asked;
        lock (_gate)
        {
            _askedUntil = deadlines.Later(deadlines.Now, timeToLive - timeToLive * _agent.Options.ClockDrift);
            if (_asked is not null) return _asked.Task;
            asked = _asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        _agent.Submit(new RenewJob(this, StoreTime.Length(timeToLive)));
        return asked.Task;
    }

    private void ScheduleRenewal(int times)
    {
        lock (_gate)
        {
            if (_state != State.Held) return;
        }
        var deadlines = _agent.Deadlines;
        deadlines.ScheduleAt(_renewal, deadlines.Later(deadlines.Now, _timeToLive / times));
    }

    private void RenewalDue()
    {
        var left = _longestUntil == long.MaxValue ? _timeToLive : _agent.Options.TimeProvider.GetElapsedTime(_agent.Deadlines.Now, _longestUntil);
        if (left <= TimeSpan.Zero) return;
        _agent.Submit(new RenewJob(this, StoreTime.Length(left < _timeToLive ? left : _timeToLive)));
    }

    private void EndDue()
    {
        if (_agent.Deadlines.Now >= Volatile.Read(ref _relyUntil)) Lose("its time to live ended without renewal");
    }

    private sealed class LeaseEnd(LeasedHold hold) : Deadline
    {
        internal override void OnDue() => hold.EndDue();
    }

    private sealed class LeaseRenewal(LeasedHold hold) : Deadline
    {
        internal override void OnDue() => hold.RenewalDue();
    }
}
