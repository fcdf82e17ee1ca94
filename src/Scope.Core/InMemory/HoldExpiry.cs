namespace GoGoScope;

/// <summary>
/// The end of a lease that nobody renews (<see cref="LockOptions.AutoRenew"/> = false) or that may not be renewed any
/// longer (<see cref="LockOptions.MaxHold"/>). Belongs to one grant, so one that comes late finds only its own.
/// </summary>
internal sealed class HoldExpiry : Deadline
{
    private readonly Hold _hold;
    private readonly long _token;
    private readonly DeadlineQueue _queue;
    private readonly bool _isRenewedByItself;
    private long _endsAt;

    private HoldExpiry(Hold hold, long token, DeadlineQueue queue, TimeSpan length, bool isRenewedByItself)
    {
        (_hold, _token, _queue, _isRenewedByItself) = (hold, token, queue, isRenewedByItself);
        _endsAt = queue.Later(queue.Now, length);
    }

    internal long Now => _queue.Now;

    /// <summary>How long the lease still lasts, zero if it has ended; null if that is longer than any clock goes.</summary>
    internal TimeSpan? Left => _queue.Until(Volatile.Read(ref _endsAt));

    /// <summary>The expiry that a request asks for whose options say that its lease ends by itself.</summary>
    internal static HoldExpiry For(Hold hold, long token, in LockRequest request)
    {
        var options = request.Options;
        var length = options.AutoRenew ? options.MaxHold : request.EffectiveTimeToLive;
        return new HoldExpiry(hold, token, DeadlineQueue.For(request.TimeProvider), length!.Value, options.AutoRenew);
    }

    internal void Schedule()
    {
        // Two renewals may come here in either order; the last to write reads the newest end.
        long endsAt;
        do
        {
            endsAt = Volatile.Read(ref _endsAt);
            _queue.ScheduleAt(this, endsAt);
        }
        while (endsAt != Volatile.Read(ref _endsAt));
        // Released before it was set: who did that has withdrawn nothing.
        if (!_hold.IsHeld(_token)) Withdraw();
    }

    internal void Withdraw() => _queue.Cancel(this);

    /// <summary>
    /// Moves the end to <paramref name="length"/> after <paramref name="now"/>, unless it is that of
    /// <see cref="LockOptions.MaxHold"/>, which stays; false if it has already come.
    /// </summary>
    internal bool TryMoveHoldingGate(long now, TimeSpan length)
    {
        if (HasEndedHoldingGate(now)) return false;
        if (!_isRenewedByItself) Volatile.Write(ref _endsAt, _queue.Later(now, length));
        return true;
    }

    internal bool HasEndedHoldingGate(long now) => now >= _endsAt;

    internal override void OnDue(long now) => _hold.Entry.Expire(_hold, _token, this, now);
}
