using GoGoScope.Testing;

namespace GoGoScope.Tests.Testing;

/// <summary>The clock of all other tests.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ManualTimeProviderTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly ManualTimeProvider _time = new();
    private readonly List<string> _log = [];

    [SetUp]
    public void Clear() => _log.Clear();

    [Test]
    public void It_stands_still_until_it_is_moved()
    {
        var (clock, stamp) = (_time.GetUtcNow(), _time.GetTimestamp());
        Assert.That(_time.GetUtcNow(), Is.EqualTo(clock));

        _time.Advance(1.5 * Second);

        Assert.That(_time.GetUtcNow() - clock, Is.EqualTo(1.5 * Second));
        Assert.That(_time.GetElapsedTime(stamp), Is.EqualTo(1.5 * Second));
    }

    [Test]
    public void It_says_how_far_the_next_timer_is()
    {
        Assert.That(_time.UntilNextTimer, Is.Null);
        using var later = _time.CreateTimer(static _ => { }, null, 3 * Second, Timeout.InfiniteTimeSpan);
        using var next = _time.CreateTimer(static _ => { }, null, 2 * Second, Timeout.InfiniteTimeSpan);
        _time.Advance(0.5 * Second);
        Assert.That(_time.UntilNextTimer, Is.EqualTo(1.5 * Second));
        _time.Advance(1.5 * Second);
        Assert.That(_time.UntilNextTimer, Is.EqualTo(Second));
    }

    [Test]
    public void It_never_goes_back() =>
        Assert.That(() => _time.Advance(-Second), Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void It_goes_to_the_last_moment_that_there_is_and_refuses_to_go_beyond()
    {
        var start = _time.GetUtcNow();
        var left = DateTimeOffset.MaxValue - start;
        foreach (var tooMuch in new[] { left + TimeSpan.FromTicks(1), TimeSpan.MaxValue })
            Assert.That(() => _time.Advance(tooMuch), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(_time.GetUtcNow(), Is.EqualTo(start));

        _time.Advance(left);

        Assert.That(_time.GetUtcNow(), Is.EqualTo(DateTimeOffset.MaxValue));
    }

    [Test]
    public void Timers_fire_in_order_and_each_at_its_time()
    {
        var start = _time.GetUtcNow();
        Timer("c", 3);
        Timer("a", 1);
        Timer("b1", 2);
        Timer("b2", 2);
        Assert.That(_time.ActiveTimers, Is.EqualTo(4));

        _time.Advance(3 * Second - TimeSpan.FromTicks(1));
        Assert.That(_log, Is.EqualTo(["a 1", "b1 2", "b2 2"]));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.That(_log, Is.EqualTo(["a 1", "b1 2", "b2 2", "c 3"]));
        Assert.That(_time.ActiveTimers, Is.Zero);

        void Timer(string name, int seconds) =>
            _time.CreateTimer(_ => _log.Add($"{name} {(_time.GetUtcNow() - start).TotalSeconds}"), null, seconds * Second, Timeout.InfiniteTimeSpan);
    }

    [Test]
    public void A_period_repeats_until_the_timer_is_disposed()
    {
        var timer = _time.CreateTimer(_ => _log.Add("tick"), null, Second, 2 * Second);
        _time.Advance(5 * Second);
        Assert.That(_log, Has.Count.EqualTo(3));

        timer.Dispose();
        _time.Advance(5 * Second);
        Assert.That(_log, Has.Count.EqualTo(3));
        Assert.That(timer.Change(Second, Second), Is.False);
    }

    [Test]
    public void A_timer_can_be_moved_and_stopped()
    {
        using var timer = _time.CreateTimer(_ => _log.Add("fired"), null, Second, Timeout.InfiniteTimeSpan);
        timer.Change(3 * Second, Timeout.InfiniteTimeSpan);
        _time.Advance(2 * Second);
        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Assert.That(_time.ActiveTimers, Is.Zero);
        _time.Advance(9 * Second);
        Assert.That(_log, Is.Empty);
        timer.Change(Second, Timeout.InfiniteTimeSpan);
        _time.Advance(Second);
        Assert.That(_log, Is.EqualTo(["fired"]));
    }

    [Test]
    public void Timers_made_moved_and_disposed_while_firing_count_at_once()
    {
        using var disposed = _time.CreateTimer(_ => _log.Add("disposed"), null, 3 * Second, Timeout.InfiniteTimeSpan);
        using var moved = _time.CreateTimer(_ => _log.Add("moved"), null, 9 * Second, Timeout.InfiniteTimeSpan);
        using var first = _time.CreateTimer(_ =>
        {
            disposed.Dispose();
            moved.Change(3 * Second, Timeout.InfiniteTimeSpan);
            _time.CreateTimer(_ => _log.Add("made"), null, Second, Timeout.InfiniteTimeSpan);
            _time.CreateTimer(_ => _log.Add("at once"), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }, null, Second, Timeout.InfiniteTimeSpan);

        _time.Advance(4 * Second);

        Assert.That(_log, Is.EqualTo(["at once", "made", "moved"]));
    }

    [Test]
    public void A_callback_may_advance_the_clock()
    {
        var start = _time.GetUtcNow();
        using var late = _time.CreateTimer(_ => _log.Add("late"), null, 3 * Second, Timeout.InfiniteTimeSpan);
        using var first = _time.CreateTimer(_ => _time.Advance(5 * Second), null, Second, Timeout.InfiniteTimeSpan);

        _time.Advance(2 * Second);

        Assert.That(_log, Is.EqualTo(["late"]));
        Assert.That(_time.GetUtcNow() - start, Is.EqualTo(6 * Second));
    }

    [Test]
    public void What_is_due_at_once_fires_also_where_a_callback_has_advanced_beyond_the_target()
    {
        using var first = _time.CreateTimer(_ =>
        {
            _time.Advance(5 * Second);
            _time.CreateTimer(_ => _log.Add("at once"), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }, null, Second, Timeout.InfiniteTimeSpan);

        _time.Advance(2 * Second);

        Assert.That(_log, Is.EqualTo(["at once"]));
    }

    [Test]
    [CancelAfter(60_000)]
    public void What_is_due_at_once_fires_without_the_clock_moving_and_not_under_the_caller(CancellationToken cancellationToken)
    {
        using var fired = new ManualResetEventSlim();
        var thread = 0;
        using var timer = _time.CreateTimer(_ =>
        {
            thread = Environment.CurrentManagedThreadId;
            fired.Set();
        }, null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);

        fired.Wait(cancellationToken);

        Assert.That(thread, Is.Not.EqualTo(Environment.CurrentManagedThreadId));
    }

    [Test]
    public void A_callback_sees_the_async_locals_of_whoever_made_the_timer()
    {
        var local = new AsyncLocal<string?> { Value = "maker" };
        using var timer = _time.CreateTimer(_ => _log.Add(local.Value ?? "none"), null, Second, Timeout.InfiniteTimeSpan);
        using (ExecutionContext.SuppressFlow())
            _time.CreateTimer(_ => _log.Add(local.Value ?? "none"), null, Second, Timeout.InfiniteTimeSpan);
        local.Value = "advancer";

        _time.Advance(Second);

        Assert.That(_log, Is.EqualTo(["maker", "none"]));
        Assert.That(local.Value, Is.EqualTo("advancer"));
    }

    [Test]
    public void A_callback_that_throws_leaves_the_clock_usable()
    {
        using var bad = _time.CreateTimer(_ => throw new TimeoutException(), null, Second, Timeout.InfiniteTimeSpan);
        using var good = _time.CreateTimer(_ => _log.Add("good"), null, 2 * Second, Timeout.InfiniteTimeSpan);

        Assert.That(() => _time.Advance(3 * Second), Throws.TypeOf<TimeoutException>());
        _time.Advance(Second);

        Assert.That(_log, Is.EqualTo(["good"]));
    }

    [Test]
    [CancelAfter(60_000)]
    public void What_is_due_when_a_callback_throws_fires_without_another_advance(CancellationToken cancellationToken)
    {
        using var fired = new CountdownEvent(2);
        using var bad = _time.CreateTimer(_ =>
        {
            _time.CreateTimer(_ => fired.Signal(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            throw new TimeoutException();
        }, null, Second, Timeout.InfiniteTimeSpan);
        using var next = _time.CreateTimer(_ => fired.Signal(), null, Second, Timeout.InfiniteTimeSpan);
        using var later = _time.CreateTimer(_ => _log.Add("later"), null, 2 * Second, Timeout.InfiniteTimeSpan);

        Assert.That(() => _time.Advance(2 * Second), Throws.TypeOf<TimeoutException>());
        fired.Wait(cancellationToken);

        Assert.That(_log, Is.Empty);
    }

    [Test]
    public void What_is_due_when_a_callback_throws_under_another_one_fires_in_the_advance_of_that()
    {
        using var bad = _time.CreateTimer(_ =>
        {
            _time.CreateTimer(_ => _log.Add("at once"), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            throw new TimeoutException();
        }, null, 3 * Second, Timeout.InfiniteTimeSpan);
        using var first = _time.CreateTimer(
            _ => Assert.That(() => _time.Advance(5 * Second), Throws.TypeOf<TimeoutException>()),
            null, Second, Timeout.InfiniteTimeSpan);

        _time.Advance(2 * Second);

        Assert.That(_log, Is.EqualTo(["at once"]));
    }

    [Test]
    public async Task Threads_that_advance_together_add_up()
    {
        var start = _time.GetUtcNow();
        var fired = 0;
        for (var i = 1; i <= 1_000; i++)
            _time.CreateTimer(_ => fired++, null, i * Second, Timeout.InfiniteTimeSpan);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 100; i++) _time.Advance(Second);
        })));

        Assert.That(fired, Is.EqualTo(1_000));
        Assert.That(_time.GetUtcNow() - start, Is.EqualTo(1_000 * Second));
    }
}
