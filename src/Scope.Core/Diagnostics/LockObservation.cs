using System.Diagnostics;

namespace GoGoScope;

/// <summary>
/// One request for a lock, or for permits, that somebody listens to, from the asking to the release. Made only then, maybe under a
/// gate, where no clock is read and nobody told; everything else is called when the gate is open.
/// </summary>
/// <remarks>
/// Spans are made when they are over, with the times at which they began: so no activity is current on a flow that has not begun it, and
/// nothing is to be stopped that has moved to another thread.
/// </remarks>
internal sealed partial class LockObservation
{
    private readonly string _provider;
    private readonly string _mode;
    private readonly LockRequest _request;
    private readonly ActivityContext _parent = Activity.Current?.Context ?? default;
    // Who begins to listen during the wait has not seen it begin, and must not see it end.
    private readonly bool _countsWait = Telemetry.Waiters.Enabled;
    private Moment? _asked;
    private Moment? _granted;
    private long _token;

    internal LockObservation(in LockRequest request, string provider)
    {
        _request = request;
        _provider = provider;
        _mode = Tag.ModeOf(in request);
    }

    /// <summary>It is not answered at once. <see cref="Waited"/> or <see cref="WaitedInVain"/> follows, perhaps on another thread before this is done.</summary>
    internal void Waits() => Telemetry.Tell(() =>
    {
        Volatile.Write(ref _asked, Now());
        if (_countsWait) Telemetry.Waiters.Add(1, Tag.Provider(_provider), Tag.Mode(_mode));
    });

    /// <summary>It has to wait for others, and not just for an answer.</summary>
    internal void Contends() => Telemetry.Tell(() => Telemetry.Contentions.Add(1, Tag.Provider(_provider), Tag.Mode(_mode)));

    /// <summary>It was granted without a wait.</summary>
    internal void GrantedAtOnce(long token) => Telemetry.Tell(() =>
    {
        Granted(token, Now());
        Count(LockOutcome.Granted);
    });

    /// <summary>It was refused without a wait, as it wanted to.</summary>
    internal void RefusedAtOnce() => Telemetry.Tell(() => Count(LockOutcome.Timeout));

    /// <summary>What has waited was granted.</summary>
    internal void Waited(long token) => Telemetry.Tell(() =>
    {
        var now = Now();
        Granted(token, now);
        EndWait(LockOutcome.Granted, now, error: null);
    });

    /// <summary>What has waited was not granted, by <paramref name="error"/>; null if it was in time only.</summary>
    internal void WaitedInVain(Exception? error) => Telemetry.Tell(() => EndWait(LockOutcome.Of(error), Now(), error));

    /// <summary>It was given back.</summary>
    internal void Released() => Telemetry.Tell(() => EndHold(lost: null));

    /// <summary>Its lease was lost, now. What is answered tells of it.</summary>
    internal Action Lost(LeaseLostException lost)
    {
        Moment? now = null;
        Telemetry.Tell(() => now = Now());
        return () => Telemetry.Tell(() => EndHold(lost, now));
    }

    private void Granted(long token, Moment now)
    {
        _token = token;
        Volatile.Write(ref _granted, now);
    }

    private void EndWait(string outcome, Moment now, Exception? error)
    {
        // The outcome may overtake the beginning, by less than can be measured.
        var asked = Volatile.Read(ref _asked) ?? now;
        if (_countsWait) Telemetry.Waiters.Add(-1, Tag.Provider(_provider), Tag.Mode(_mode));
        Telemetry.WaitDuration.Record(Since(asked, now).TotalSeconds, Tag.Provider(_provider), Tag.Mode(_mode), Tag.Outcome(outcome));
        Count(outcome);
        MakeWaitSpan(asked, now, outcome, error);
    }

    private void EndHold(LeaseLostException? lost, Moment? ended = null)
    {
        var now = ended ?? Now();
        // As the outcome may overtake the beginning, the end may overtake the news of the grant.
        var granted = Volatile.Read(ref _granted) ?? now;
        Telemetry.HoldDuration.Record(Since(granted, now).TotalSeconds, Tag.Provider(_provider), Tag.Mode(_mode));
        MakeHoldSpan(granted, now, lost);
    }

    private void Count(string outcome) => Telemetry.Acquisitions.Add(1, Tag.Provider(_provider), Tag.Mode(_mode), Tag.Outcome(outcome));

    private Moment Now()
    {
        var time = _request.TimeProvider;
        return new Moment(time.GetTimestamp(), time.GetUtcNow());
    }

    private TimeSpan Since(Moment begin, Moment end) => _request.TimeProvider.GetElapsedTime(begin.Timestamp, end.Timestamp);

    /// <summary>By the clock of the request: how much later another one is, and what time it is.</summary>
    private sealed record Moment(long Timestamp, DateTimeOffset Time);
}
