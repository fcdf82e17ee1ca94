using GoGoScope.Testing;

namespace GoGoScope.Tests.Testing;

/// <summary>The clock of one process among several.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ProcessClockTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly ManualTimeProvider _time = new();

    [Test]
    public void It_runs_faster_or_slower_by_its_drift()
    {
        var (fast, slow) = (new ProcessClock(_time, drift: 0.01), new ProcessClock(_time, drift: -0.01));
        var (fastStart, slowStart) = (fast.GetTimestamp(), slow.GetTimestamp());
        _time.Advance(100 * Second);
        Assert.That(fast.GetElapsedTime(fastStart), Is.EqualTo(101 * Second));
        Assert.That(slow.GetElapsedTime(slowStart), Is.EqualTo(99 * Second));
        Assert.That(fast.GetUtcNow() - _time.GetUtcNow(), Is.EqualTo(Second));
    }

    [Test]
    public void Its_wall_clock_is_off_and_jumps_and_its_timestamps_do_not()
    {
        var clock = new ProcessClock(_time, offset: TimeSpan.FromHours(-5));
        var start = clock.GetTimestamp();
        clock.Jump(-Second);
        Assert.That(clock.GetUtcNow() - _time.GetUtcNow(), Is.EqualTo(TimeSpan.FromHours(-5) - Second));
        Assert.That(clock.GetTimestamp(), Is.EqualTo(start));
    }

    [TestCase(0.01)]
    [TestCase(-0.01)]
    [TestCase(0.0003)]
    public void A_timer_never_fires_before_its_time_by_this_clock(double drift)
    {
        var clock = new ProcessClock(_time, drift: drift);
        var start = clock.GetTimestamp();
        var firedAfter = TimeSpan.Zero;
        using var timer = clock.CreateTimer(_ => firedAfter = clock.GetElapsedTime(start), null, 10 * Second, Timeout.InfiniteTimeSpan);
        _time.Advance(20 * Second);
        Assert.That(firedAfter, Is.GreaterThanOrEqualTo(10 * Second).And.LessThan(10.001 * Second));
    }

    [Test]
    public void While_it_is_stopped_time_goes_on_and_its_timers_wait()
    {
        var clock = new ProcessClock(_time);
        var fired = new List<string>();
        using var first = clock.CreateTimer(_ => fired.Add("first"), null, Second, Timeout.InfiniteTimeSpan);
        using var second = clock.CreateTimer(_ => fired.Add("second"), null, 2 * Second, Timeout.InfiniteTimeSpan);
        using var later = clock.CreateTimer(_ => fired.Add("later"), null, 5 * Second, Timeout.InfiniteTimeSpan);
        var start = clock.GetTimestamp();
        clock.Stop();
        _time.Advance(3 * Second);
        Assert.That(fired, Is.Empty);
        Assert.That(clock.GetElapsedTime(start), Is.EqualTo(3 * Second));

        clock.Continue();
        Assert.That(fired, Is.EqualTo(new[] { "first", "second" }));
        _time.Advance(2 * Second);
        Assert.That(fired, Is.EqualTo(new[] { "first", "second", "later" }));
    }

    [Test]
    public void A_timer_that_is_disposed_or_moved_by_another_that_waited_too_does_not_fire_any_more()
    {
        var clock = new ProcessClock(_time);
        var fired = new List<string>();
        ITimer? disposed = null, moved = null;
        using var first = clock.CreateTimer(
            _ =>
            {
                disposed!.Dispose();
                moved!.Change(Second, Timeout.InfiniteTimeSpan);
            },
            null, Second, Timeout.InfiniteTimeSpan);
        disposed = clock.CreateTimer(_ => fired.Add("disposed"), null, 2 * Second, Timeout.InfiniteTimeSpan);
        moved = clock.CreateTimer(_ => fired.Add("moved"), null, 2 * Second, Timeout.InfiniteTimeSpan);
        clock.Stop();
        _time.Advance(3 * Second);
        clock.Continue();
        Assert.That(fired, Is.Empty);
        _time.Advance(Second);
        Assert.That(fired, Is.EqualTo(new[] { "moved" }));
    }

    [Test]
    public void A_timer_sees_the_async_locals_of_whoever_made_it_whether_it_waited_or_not([Values] bool waits)
    {
        var clock = new ProcessClock(_time);
        var fired = new List<string>();
        var local = new AsyncLocal<string?> { Value = "maker" };
        using var timer = clock.CreateTimer(_ => fired.Add(local.Value ?? "none"), null, Second, Timeout.InfiniteTimeSpan);
        using (ExecutionContext.SuppressFlow())
            clock.CreateTimer(_ => fired.Add(local.Value ?? "none"), null, Second, Timeout.InfiniteTimeSpan);
        local.Value = "who moves the clock";

        if (waits) clock.Stop();
        _time.Advance(Second);
        clock.Continue();

        Assert.That(fired, Is.EqualTo(new[] { "maker", "none" }));
        Assert.That(local.Value, Is.EqualTo("who moves the clock"));
    }

    [Test]
    public void Drift_has_bounds() => Assert.That(() => new ProcessClock(_time, drift: 0.6), Throws.TypeOf<ArgumentOutOfRangeException>());
}
