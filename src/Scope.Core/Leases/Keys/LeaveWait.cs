using System.Threading.Tasks.Sources;

namespace GoGoScope;

/// <summary>
/// A released guard waits for its lease to leave the record, within bounds: whether the store knows of the release or not,
/// the lease ends. One guard waits for it, once.
/// </summary>
internal sealed class LeaveWait(DeadlineQueue deadlines) : Deadline, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _outcome = new() { RunContinuationsAsynchronously = true };
    private int _isOver;

    /// <summary>Complete when the lease has left, or by <paramref name="dueAt"/>.</summary>
    internal ValueTask UntilAsync(long dueAt)
    {
        if (Volatile.Read(ref _isOver) == 1 || dueAt <= deadlines.Now) return default;
        deadlines.ScheduleAt(this, dueAt);
        // It may have left before there was anything to clear.
        if (Volatile.Read(ref _isOver) == 1) deadlines.Cancel(this);
        return new ValueTask(this, _outcome.Version);
    }

    /// <summary>It stands in the record no longer, or somebody else of this process holds it.</summary>
    internal void Left()
    {
        End();
        deadlines.Cancel(this);
    }

    internal override void OnDue(long now) => End();

    private void End()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0) _outcome.SetResult(true);
    }

    void IValueTaskSource.GetResult(short token) => _outcome.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _outcome.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _outcome.OnCompleted(continuation, state, token, flags);
}
