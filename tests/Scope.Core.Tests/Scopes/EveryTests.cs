using GoGoScope.Testing;

namespace GoGoScope.Tests.Scopes;

[TestFixture]
public sealed class EveryTests
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private ManualTimeProvider _time = null!;

    [SetUp]
    public void MakeClock() => _time = new ManualTimeProvider();

    [Test]
    public async Task It_runs_once_each_period_and_first_after_one()
    {
        await using var s = Scope.Create(new ScopeOptions { TimeProvider = _time });
        var runs = 0;
        s.Every(Period, async _ => { Interlocked.Increment(ref runs); });
        _time.Advance(Period - TimeSpan.FromTicks(1));
        Assert.That(Volatile.Read(ref runs), Is.Zero);
        _time.Advance(TimeSpan.FromTicks(1));
        for (var run = 1; run <= 5; run++)
        {
            await Waiting.Until(() => Volatile.Read(ref runs) == run, $"run {run}");
            _time.Advance(Period);
        }
        await Waiting.Until(() => Volatile.Read(ref runs) == 6, "the last run");
    }

    [Test]
    public async Task Runs_never_overlap_and_a_slow_one_is_followed_by_one()
    {
        await using var s = Scope.Create(new ScopeOptions { TimeProvider = _time });
        var (begun, ended) = (0, 0);
        var slow = TestTools.Signal();
        s.Every(Period, async _ =>
        {
            Assert.That(Volatile.Read(ref ended), Is.EqualTo(begun));
            if (Interlocked.Increment(ref begun) == 1) await slow.Task;
            Interlocked.Increment(ref ended);
        });
        _time.Advance(Period);
        await Waiting.Until(() => Volatile.Read(ref begun) == 1, "the slow run begins");
        _time.Advance(Period * 3.5);
        Assert.That(Volatile.Read(ref begun), Is.EqualTo(1));
        slow.SetResult();
        await Waiting.Until(() => Volatile.Read(ref ended) == 2, "one run makes up for all that were missed");
        _time.Advance(Period / 2);
        await Waiting.Until(() => Volatile.Read(ref ended) == 3, "the beat is the old one");
    }

    [Test]
    public async Task A_run_that_fails_ends_it_as_a_child_that_failed()
    {
        var s = Scope.Create(new ScopeOptions { TimeProvider = _time });
        s.Every(Period, _ => throw new Boom());
        _time.Advance(Period);
        Assert.That(await s.JoinAsync().Error(), Is.TypeOf<Boom>());
        Assert.That(s.Reason!.Cause, Is.EqualTo(CancellationCause.Failure));
        Assert.That(_time.ActiveTimers, Is.Zero);
        await s.DisposeAsync();
    }

    [Test]
    public async Task One_that_has_failed_leaves_nothing_to_a_scope_that_goes_on()
    {
        await using var s = Scope.Create(new ScopeOptions { TimeProvider = _time, FailurePolicy = FailurePolicy.Supervise });
        s.Every(Period, _ => throw new Boom());
        Assert.That(s.Dump(), Does.Contain("owns"));
        _time.Advance(Period);
        await Waiting.Until(() => s.Failures.Count == 1, "it has failed");
        await Waiting.Until(() => !s.Dump().Contains("owns", StringComparison.Ordinal), "the scope has nothing of it");
        Assert.That(await s.JoinAsync().Error(), Is.TypeOf<Boom>());
    }

    [Test]
    public async Task A_cancellation_between_two_runs_cuts_nothing_short()
    {
        using var cancel = new CancellationTokenSource();
        var ran = TestTools.Signal();
        var running = Scope.RunAsync(s => { s.Every(Period, async _ => ran.SetResult()); return Task.CompletedTask; }, new ScopeOptions { TimeProvider = _time }, cancel.Token);
        _time.Advance(Period);
        await ran.Task.Soon();
        Assert.That(running.IsCompleted, Is.False, "the scope waits for it");
        await cancel.CancelAsync();
        Assert.That(await running.Error(), Is.Null);
        Assert.That(_time.ActiveTimers, Is.Zero);
    }

    [Test]
    public async Task A_cancellation_in_a_run_cuts_that_run_short()
    {
        using var cancel = new CancellationTokenSource();
        var started = TestTools.Signal();
        var running = Scope.RunAsync(s => { s.Every(Period, ct => TestTools.Forever(started, ct)); return Task.CompletedTask; }, new ScopeOptions { TimeProvider = _time }, cancel.Token);
        _time.Advance(Period);
        await started.Task.Soon();
        await cancel.CancelAsync();
        Assert.That(await running.Error(), Is.InstanceOf<OperationCanceledException>().With.Property("CancellationToken").EqualTo(cancel.Token));
    }

    [Test]
    public async Task It_needs_no_slot_and_takes_none()
    {
        await using var s = Scope.Create(new ScopeOptions { TimeProvider = _time, MaxConcurrency = 1 });
        var ran = TestTools.Signal();
        s.Every(Period, async _ => ran.TrySetResult());
        await s.Start(_ => Task.CompletedTask).AsTask().Soon();
        s.Run(TestTools.Forever);
        _time.Advance(Period);
        await ran.Task.Soon();
    }

    [Test]
    public async Task In_a_cancelled_scope_nothing_runs_and_no_timer_stays()
    {
        var s = Scope.Create(new ScopeOptions { TimeProvider = _time });
        s.Cancel();
        s.Every(Period, _ => throw new Boom());
        await s.DisposeAsync();
        Assert.That(_time.ActiveTimers, Is.Zero);
        Assert.That(() => s.Every(Period, _ => Task.CompletedTask), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task Bad_input_is_refused_at_once()
    {
        await using var s = Scope.Create();
        Assert.That(() => s.Every(TimeSpan.Zero, _ => Task.CompletedTask), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => s.Every(TimeSpan.FromDays(50), _ => Task.CompletedTask), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => s.Every(Period, (Func<CancellationToken, Task>)null!), Throws.ArgumentNullException);
        Assert.That(() => s.Every(Period, (Func<CancellationToken, ValueTask>)null!), Throws.ArgumentNullException);
    }
}
