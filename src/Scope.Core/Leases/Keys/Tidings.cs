namespace GoGoScope;

/// <summary>What was decided under an agent's gate and is to be told once it is open, in that order.</summary>
internal sealed class Tidings
{
    private const int MostKept = 16;

    // Between Begin and Tell nothing waits, so each thread uses one over and over.
    [ThreadStatic]
    private static Tidings? _spare;

    private readonly List<(Action<object, object?> Tell, object About, object? What)> _told = [];

    private Tidings()
    {
    }

    internal static Tidings Begin()
    {
        var tidings = _spare ?? new Tidings();
        _spare = null;
        return tidings;
    }

    /// <param name="tell">Is called with the two others. Captures nothing, so that it costs nothing.</param>
    /// <param name="about">Whom it is about.</param>
    /// <param name="what">What there is to tell.</param>
    internal void Add(Action<object, object?> tell, object about, object? what = null) => _told.Add((tell, about, what));

    internal void Add(Action tell) => Add(static (tell, _) => ((Action)tell)(), tell);

    internal void Granted(Attempt attempt, LeasedHold hold) => Add(static (attempt, hold) => ((Attempt)attempt).Complete((LeasedHold)hold!), attempt, hold);

    internal void Failed(Attempt attempt, Exception error) => Add(static (attempt, error) => ((Attempt)attempt).Fail((Exception)error!), attempt, error);

    internal void Without(Attempt attempt, WaitOutcome outcome, string? holder, Exception? storeError) =>
        Add(() => attempt.CompleteWithout(outcome, holder, storeError));

    /// <summary>Those who wait for a lease to leave, if there are any, wait no longer.</summary>
    internal void Left(LeaveWait? left)
    {
        if (left is not null) Add(static (left, _) => ((LeaveWait)left).Left(), left);
    }

    /// <summary>The lease has to look at the clock when its next time comes.</summary>
    internal void Scheduled(KeyLease lease) => Add(static (about, _) =>
    {
        var lease = (KeyLease)about;
        long due;
        do lease.Agent.Deadlines.ScheduleAt(lease, due = lease.DueNext);
        while (due != lease.DueNext);
    }, lease);

    internal void Cancelled(KeyLease lease) => Add(static (about, _) =>
    {
        var lease = (KeyLease)about;
        lease.Agent.Deadlines.Cancel(lease);
    }, lease);

    internal void Tell()
    {
        foreach (var (tell, about, what) in _told)
        {
            try
            {
                tell(about, what);
            }
            catch (Exception error)
            {
                // A clock that sets no timer. Who else is to be told something has nothing to do with that.
                GoGoScopeEventSource.Log?.CallbackFailed(scope: null, error);
            }
        }
        _told.Clear();
        if (_told.Capacity <= MostKept) _spare = this;
    }
}
