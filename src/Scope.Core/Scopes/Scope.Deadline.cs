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
        _gate.Enter();
        deadline.HasCome = true;
        var isOurs = _deadline == deadline;
        _gate.Exit();
        if (!isOurs) return;
        TryCancel(new CancellationReason(CancellationCause.Deadline, $"{Title} was not done within {LockText.Duration(deadline.After)}.", null) { Timeout = deadline.After });
    }

    private void StartDeadline()
    {
        if (_options.Timeout == Timeout.InfiniteTimeSpan) return;
        try
        {
            SetDeadline(_options.Timeout);
        }
        catch
        {
            // A clock that throws leaves no scope that nobody has.
            _callerRegistration.Unregister();
            _parent?.Unlink(this);
            throw;
        }
    }

    private void SetDeadline(TimeSpan after)
    {
        if (IsCancelled) return;
        // A clock that throws has changed nothing: the new one is set before it takes the place of the old one.
        var deadline = after == Timeout.InfiniteTimeSpan ? null : Schedule(after);
        _gate.Enter();
        var isOver = _reason is not null;
        var before = _deadline;
        if (!isOver) Volatile.Write(ref _deadline, deadline);
        var hasCome = deadline is { HasCome: true };
        _gate.Exit();

        var dropped = isOver ? deadline : before;
        if (dropped is not null) DeadlineQueue.For(TimeProvider).Cancel(dropped);
        // Before it was the scope's, and nobody has heard.
        if (hasCome && !isOver) DeadlinePassed(deadline!);
    }

    private ScopeDeadline Schedule(TimeSpan after)
    {
        var deadline = new ScopeDeadline(this, after, TimeIn(after));
        var queue = DeadlineQueue.For(TimeProvider);
        if (after == TimeSpan.Zero)
        {
            deadline.HasCome = true;
            return deadline;
        }
        try
        {
            queue.Schedule(deadline, after);
        }
        catch
        {
            queue.Cancel(deadline);
            throw;
        }
        return deadline;
    }

    private void ClearDeadline()
    {
        // Whoever has one has a queue already, so this asks nothing of the clock.
        if (Volatile.Read(ref _deadline) is { } deadline) DeadlineQueue.For(TimeProvider).Cancel(deadline);
    }

    private DateTimeOffset TimeIn(TimeSpan after)
    {
        var now = TimeProvider.GetUtcNow();
        return after > DateTimeOffset.MaxValue - now ? DateTimeOffset.MaxValue : now + after;
    }
}
