namespace GoGoScope;

/// <summary>What was decided under an agent's gate and is to be told once it is open, in that order.</summary>
internal sealed class Tidings
{
    private List<Action>? _told;

    internal void Add(Action? tell)
    {
        if (tell is not null) (_told ??= []).Add(tell);
    }

    internal void Granted(Attempt attempt, LeasedHold hold) => Add(() => attempt.Complete(hold));

    internal void Failed(Attempt attempt, Exception error) => Add(() => attempt.Fail(error));

    internal void Without(Attempt attempt, WaitOutcome outcome, string? holder, Exception? storeError) =>
        Add(() => attempt.CompleteWithout(outcome, holder, storeError));

    /// <summary>The lease has to look at the clock when its next time comes.</summary>
    internal void Scheduled(KeyLease lease) => Add(() =>
    {
        long due;
        do lease.Agent.Deadlines.ScheduleAt(lease, due = lease.DueNext);
        while (due != lease.DueNext);
    });

    internal void Cancelled(KeyLease lease) => Add(() => lease.Agent.Deadlines.Cancel(lease));

    internal void Tell()
    {
        foreach (var tell in _told ?? []) tell();
        _told = null;
    }
}
