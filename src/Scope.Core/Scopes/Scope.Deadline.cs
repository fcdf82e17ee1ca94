namespace GoGoScope;

// When the time of a scope is over.
public sealed partial class Scope
{
    private ScopeDeadline? _deadline;

    /// <summary>
    /// When the scope's time is over, by the clock of its <see cref="TimeProvider"/>: its own deadline or that of a scope above it,
    /// whichever is earlier; null if there is none.
    /// </summary>
    public DateTimeOffset? Deadline
    {
        get
        {
            var own = Volatile.Read(ref _deadline)?.At;
            var above = _parent?.Deadline;
            return own is null || above < own ? above : own;
        }
    }

    /// <summary>
    /// Moves the scope's own deadline, earlier or later. Does nothing once the scope is cancelled or has ended, and
    /// cannot outlast the deadline of a scope above.
    /// </summary>
    /// <param name="timeout">
    /// From now; zero cancels at once, <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> removes the deadline.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    public void CancelAfter(TimeSpan timeout) => SetDeadline(Ensure.Timeout(timeout));

    internal void DeadlinePassed(ScopeDeadline deadline)
    {
        if (Volatile.Read(ref _deadline) != deadline) return;
        TryCancel(new CancellationReason(CancellationCause.Deadline, $"{Title} was not done within {LockText.Duration(deadline.After)}.", null) { Timeout = deadline.After });
    }

    private void StartDeadline()
    {
        if (_options.Timeout != Timeout.InfiniteTimeSpan) SetDeadline(_options.Timeout);
    }

    private void SetDeadline(TimeSpan after)
    {
        var deadline = after == Timeout.InfiniteTimeSpan ? null : new ScopeDeadline(this, after, TimeIn(after));
        _gate.Enter();
        var before = _deadline;
        var over = _reason is not null;
        if (!over) Volatile.Write(ref _deadline, deadline);
        _gate.Exit();
        if (over) return;

        var queue = DeadlineQueue.For(TimeProvider);
        if (before is not null) queue.Cancel(before);
        if (deadline is null) return;
        if (after == TimeSpan.Zero)
        {
            DeadlinePassed(deadline);
            return;
        }
        queue.Schedule(deadline, after);
        // Whoever replaced it or cancelled the scope in between has found nothing in the queue.
        if (IsCancelled || Volatile.Read(ref _deadline) != deadline) queue.Cancel(deadline);
    }

    private void ClearDeadline()
    {
        if (Volatile.Read(ref _deadline) is { } deadline) DeadlineQueue.For(TimeProvider).Cancel(deadline);
    }

    private DateTimeOffset TimeIn(TimeSpan after)
    {
        var now = TimeProvider.GetUtcNow();
        return after > DateTimeOffset.MaxValue - now ? DateTimeOffset.MaxValue : now + after;
    }
}
