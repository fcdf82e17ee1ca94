namespace GoGoScope;

// How long the lease can be relied upon, and when that is to be moved.
internal sealed partial class KeyLease
{
    // Renewals come due at common times, so that those of many leases go to the store together.
    private const int TimesBetweenRenewals = 16;

    // Less is not worth a renewal.
    private static readonly TimeSpan LeastTime = TimeSpan.FromMilliseconds(1);

    private long _relyUntil;
    private long _longestUntil = long.MaxValue;
    private long _renewAt = long.MaxValue;
    private long _overdueSince = long.MaxValue;
    private long _askedUntil = long.MaxValue;
    private TaskCompletionSource? _asked;

    /// <summary>The timestamp until which this process may rely on it. Readable without the gate.</summary>
    internal long RelyUntil => Volatile.Read(ref _relyUntil);

    /// <summary>Whether the store is to be asked to move the end.</summary>
    internal WantedTime? Wanted { get; private set; }

    internal bool IsRenewedByItself { get; private set; }

    /// <summary>When the next renewal by itself is due, or was, as long as the store has not answered it.</summary>
    internal long RenewalDueAt => Math.Min(_renewAt, _overdueSince);

    /// <summary>When something comes due: a renewal, or the end.</summary>
    internal long DueNext => Math.Min(Volatile.Read(ref _renewAt), RelyUntil);

    /// <summary>Whether it is still so far from its end that a guard may be given it without asking the store.</summary>
    internal bool LastsFor(long now) => _relyUntil - now >= _agent.Deadlines.Later(0, Length / 2);

    /// <summary>Begins to count.</summary>
    internal void Start(LockOptions options, long now)
    {
        if (options.MaxHold is { } longest) Volatile.Write(ref _relyUntil, Math.Min(_relyUntil, _longestUntil = _agent.Deadlines.Later(now, longest)));
        IsRenewedByItself = options.AutoRenew;
        if (IsRenewedByItself) ScheduleRenewal(now);
    }

    /// <summary>If a renewal has come due, the store is to be asked for more time.</summary>
    internal void NoticeTime(long now)
    {
        if (now < _renewAt) return;
        (var due, _renewAt) = (_renewAt, long.MaxValue);
        // Somebody else may yet join those who were given up, and is to have it renewed.
        if (IsAbandoned) ScheduleRenewal(now);
        else if (Want(now)) _overdueSince = due;
    }

    /// <summary>Has it renewed, for its own length or for what is left of the longest hold; false if nothing is left.</summary>
    internal bool Want(long now)
    {
        var left = _longestUntil == long.MaxValue ? Length : _agent.Options.TimeProvider.GetElapsedTime(now, _longestUntil);
        if (left <= TimeSpan.Zero) return false;
        Wanted = new WantedTime(StoreTime.Length(left < Length ? left : Length), _agent.NextArrival());
        return true;
    }

    /// <summary>Somebody asks for another end. Complete when the store has answered.</summary>
    internal Task WantAsync(TimeSpan timeToLive, long now)
    {
        _askedUntil = _agent.Deadlines.Later(now, timeToLive - timeToLive * _agent.Options.ClockDrift);
        Wanted = new WantedTime(StoreTime.Length(timeToLive), _agent.NextArrival());
        return (_asked ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    /// <summary>The store has moved the end by what was wanted then, or had it there already. False if something else is wanted by now.</summary>
    internal bool TryRenewed(WantedTime wanted, long expiresAt, long now)
    {
        Extend(expiresAt);
        if (Wanted is { } other && other != wanted) return false;
        (Wanted, _overdueSince) = (null, long.MaxValue);
        // Who asks for an earlier end gets it here; the store keeps the later one until we leave.
        if (_asked is not null) Volatile.Write(ref _relyUntil, Math.Min(Math.Min(_agent.Clock.RelyUntil(expiresAt), _longestUntil), _askedUntil));
        else if (IsRenewedByItself) ScheduleRenewal(now);
        return true;
    }

    /// <summary>Whoever has asked for another end, to be told once the gate is open.</summary>
    internal TaskCompletionSource? TakeAsked()
    {
        var asked = _asked;
        _asked = null;
        return asked;
    }

    /// <summary>Whether somebody waits for an answer about another end.</summary>
    internal bool IsAsked => _asked is not null;

    private void Extend(long expiresAt)
    {
        var until = Math.Min(Math.Min(_agent.Clock.RelyUntil(expiresAt), _longestUntil), _askedUntil);
        if (until > _relyUntil) Volatile.Write(ref _relyUntil, until);
    }

    /// <summary>It ends when the record says, but by the store's clock as that is known now.</summary>
    internal void Shorten(long expiresAt, long now)
    {
        var until = _agent.Clock.RelyUntil(expiresAt);
        if (until >= _relyUntil) return;
        Volatile.Write(ref _relyUntil, until);
        if (IsRenewedByItself && Wanted is null) ScheduleRenewal(now);
    }

    private void ScheduleRenewal(long now) => Volatile.Write(ref _renewAt, RenewalDue(now));

    /// <summary>
    /// When the first part of the lease is over, as it is by now: of one that was heard of late, less is left. Not at once, for if
    /// clocks run apart, a renewal may bring nothing yet.
    /// </summary>
    private long RenewalDue(long now)
    {
        var least = _agent.Deadlines.Later(0, LeastTime);
        // Towards the longest hold they bring less and less.
        if (_longestUntil - _relyUntil < least) return long.MaxValue;
        var length = Math.Min(_agent.Deadlines.Later(0, Length), _longestUntil - now);
        var parts = _agent.Options.RenewalsPerLease;
        var step = Math.Max(1, length / (parts * TimesBetweenRenewals));
        var due = Math.Min(now + length / parts, _relyUntil - (length - length / parts));
        return Math.Max(due - due % step, now + Math.Max(least, Math.Min(step, (_relyUntil - now) / parts)));
    }

    /// <param name="TimeToLive">For how long from the swap, in microseconds.</param>
    /// <param name="Arrival">When it came, among all requests for the key: an answer to an earlier wish, of the same length, is none to this.</param>
    internal readonly record struct WantedTime(long TimeToLive, long Arrival);
}
