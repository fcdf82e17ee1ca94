namespace GoGoScope.Tool.Tests;

/// <summary>When a program is asked to end and when it is killed.</summary>
[TestFixture]
public sealed class EndOfLeaseTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private ManualTimeProvider _time = null!;
    private List<string> _log = null!;

    [SetUp]
    public void Start() => (_time, _log) = (new ManualTimeProvider(), []);

    [Test]
    public void It_is_asked_a_grace_before_the_end_and_killed_at_the_end()
    {
        using var end = NewEnd();

        _time.Advance(Lease - Grace - Moment);
        Assert.That(_log, Is.Empty);
        _time.Advance(Moment);
        Assert.That(_log, Is.EqualTo(["ask"]));
        _time.Advance(Grace - Moment);
        Assert.That(_log, Is.EqualTo(["ask"]));
        _time.Advance(Moment);
        Assert.That(_log, Is.EqualTo(["ask", "kill"]));
    }

    [Test]
    public void Who_has_slept_for_longer_than_the_lease_is_asked_and_killed_soon_after_waking()
    {
        var clock = new SleepingClock(_time);
        using var end = new EndOfLease(clock.GetTimestamp() + (long)(Lease.TotalSeconds * clock.TimestampFrequency), Grace, () => _log.Add("ask"), () => _log.Add("kill"), clock);

        clock.Slept = Lease * 2;

        Assert.That(_log, Is.Empty, "no timer fires while the machine sleeps");
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.That(_log, Is.EqualTo(["ask", "kill"]));
    }

    [Test]
    public void A_renewal_moves_both()
    {
        using var end = NewEnd();
        _time.Advance(Lease / 2);

        end.MoveTo(After(Lease));

        _time.Advance(Lease - Grace - Moment);
        Assert.That(_log, Is.Empty);
        _time.Advance(Grace + Moment);
        Assert.That(_log, Is.EqualTo(["ask", "kill"]));
    }

    [Test]
    public void A_renewal_comes_too_late_once_it_was_asked()
    {
        using var end = NewEnd();
        _time.Advance(Lease - Grace);

        end.MoveTo(After(Lease));

        _time.Advance(Grace);
        Assert.That(_log, Is.EqualTo(["ask", "kill"]));
    }

    [Test]
    public void It_may_be_asked_early_and_is_killed_a_grace_later()
    {
        using var end = NewEnd();

        end.Begin();
        end.Begin();

        Assert.That(_log, Is.EqualTo(["ask"]));
        _time.Advance(Grace - Moment);
        Assert.That(_log, Is.EqualTo(["ask"]));
        _time.Advance(Moment);
        Assert.That(_log, Is.EqualTo(["ask", "kill"]));
    }

    [Test]
    public void It_is_never_killed_later_than_the_lease_ends()
    {
        using var end = NewEnd(grace: Lease * 2);

        Assert.That(_log, Is.EqualTo(["ask"]));
        _time.Advance(Lease - Moment);
        Assert.That(_log, Is.EqualTo(["ask"]));
        _time.Advance(Moment);
        Assert.That(_log, Is.EqualTo(["ask", "kill"]));
    }

    [Test]
    public void After_its_end_nothing_happens_any_more()
    {
        NewEnd().Dispose();

        _time.Advance(Lease * 2);

        Assert.That(_log, Is.Empty);
    }

    [Test]
    public void After_a_stop_nobody_is_asked_any_more()
    {
        using var end = NewEnd();

        Assert.That(end.TryStop());
        end.MoveTo(After(Lease));
        end.Begin();
        _time.Advance(Lease * 2);

        Assert.That(_log, Is.Empty);
    }

    [Test]
    public void One_that_was_asked_is_killed_whatever_comes()
    {
        using var end = NewEnd();
        end.Begin();

        Assert.That(end.TryStop(), Is.False);
        _time.Advance(Grace);

        Assert.That(_log, Is.EqualTo(["ask", "kill"]));
    }

    private EndOfLease NewEnd(TimeSpan? grace = null) => new(After(Lease), grace ?? Grace, () => _log.Add("ask"), () => _log.Add("kill"), _time);

    private long After(TimeSpan time) => _time.GetTimestamp() + time.Ticks;
}
