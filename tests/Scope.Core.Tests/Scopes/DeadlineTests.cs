using GoGoScope.Testing;
using static GoGoScope.Tests.Scopes.TestTools;

namespace GoGoScope.Tests.Scopes;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DeadlineTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly ManualTimeProvider _time = new();

    private ScopeOptions Within(TimeSpan timeout) => new() { Name = "work", Timeout = timeout, TimeProvider = _time };

    [Test]
    public async Task A_body_that_the_deadline_cuts_short_throws_ScopeTimeoutException()
    {
        var started = Signal();
        var run = Scope.RunAsync(s => Forever(started, s.Token), Within(5 * Second));
        await started.Task.Soon();
        _time.Advance(5 * Second);

        var error = await run.Error();
        Assert.That(error, Is.TypeOf<ScopeTimeoutException>().With.Message.EqualTo("Scope \"work\" was not done within 5 s."));
        Assert.That(((ScopeTimeoutException)error!).Scope, Is.EqualTo("work"));
        Assert.That(((ScopeTimeoutException)error).Timeout, Is.EqualTo(5 * Second));
        Assert.That(error.InnerException, Is.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_child_that_the_deadline_cuts_short_does_so_too()
    {
        var started = Signal();
        var run = Scope.RunAsync(s =>
        {
            s.Run(ct => Forever(started, ct));
            return Task.FromResult(1);
        }, Within(5 * Second));
        await started.Task.Soon();
        _time.Advance(5 * Second);

        Assert.That(await run.Error(), Is.TypeOf<ScopeTimeoutException>());
    }

    [Test]
    public async Task A_deadline_that_cut_nothing_short_is_no_error()
    {
        var result = await Scope.RunAsync(s =>
        {
            _time.Advance(10 * Second);
            Assert.That(s.Reason!.Cause, Is.EqualTo(CancellationCause.Deadline));
            return Task.FromResult(1);
        }, Within(5 * Second)).Soon();
        Assert.That(result, Is.EqualTo(1));
    }

    [Test]
    public async Task A_deadline_that_has_passed_already_cancels_at_once()
    {
        var error = await Scope.RunAsync(async s =>
        {
            Assert.That(s.Token.IsCancellationRequested, Is.True);
            await s.Start(Forever);
        }, Within(TimeSpan.Zero)).Error();
        Assert.That(error, Is.TypeOf<ScopeTimeoutException>());
    }

    [Test]
    public async Task Moving_the_deadline_later_or_earlier_takes_effect()
    {
        await using var s = Scope.Create(Within(5 * Second));
        Assert.That(s.Deadline, Is.EqualTo(_time.GetUtcNow() + 5 * Second));

        s.CancelAfter(10 * Second);
        _time.Advance(9 * Second);
        Assert.That(s.Reason, Is.Null);

        s.CancelAfter(3 * Second);
        _time.Advance(2 * Second);
        Assert.That(s.Reason, Is.Null);
        s.CancelAfter(Second / 2);
        _time.Advance(Second / 2);
        Assert.That(s.Reason!.Cause, Is.EqualTo(CancellationCause.Deadline));
    }

    [Test]
    public async Task An_infinite_deadline_removes_the_scopes_own()
    {
        await using var s = Scope.Create(Within(Second));
        s.CancelAfter(Timeout.InfiniteTimeSpan);
        _time.Advance(TimeSpan.FromDays(1000));
        Assert.That(s.Reason, Is.Null);
        Assert.That(s.Deadline, Is.Null);

        s.CancelAfter(TimeSpan.Zero);
        Assert.That(s.Reason!.Cause, Is.EqualTo(CancellationCause.Deadline));
    }

    [Test]
    public async Task The_longest_time_is_no_overflow()
    {
        await using var s = Scope.Create(Within(TimeSpan.MaxValue));
        Assert.That(s.Deadline, Is.EqualTo(DateTimeOffset.MaxValue));
        _time.Advance(TimeSpan.FromDays(1000));
        Assert.That(s.Reason, Is.Null);
    }

    [Test]
    public async Task The_parents_earlier_deadline_is_the_parents()
    {
        await using var parent = Scope.Create(Within(Second));
        await using var child = parent.CreateChild(Within(10 * Second));
        Assert.That(child.Deadline, Is.EqualTo(parent.Deadline));
        var started = Signal();
        child.Run(ct => Forever(started, ct));
        await started.Task.Soon();
        _time.Advance(Second);

        var error = await child.JoinAsync().Error();
        Assert.That(error, Is.InstanceOf<OperationCanceledException>().With.Property("CancellationToken").EqualTo(parent.Token));
    }

    [Test]
    public async Task The_childs_earlier_deadline_is_the_childs()
    {
        await using var parent = Scope.Create(Within(10 * Second));
        await using var child = parent.CreateChild(Within(Second));
        Assert.That(child.Deadline, Is.EqualTo(_time.GetUtcNow() + Second));
        var started = Signal();
        child.Run(ct => Forever(started, ct));
        await started.Task.Soon();
        _time.Advance(Second);

        Assert.That(await child.JoinAsync().Error(), Is.TypeOf<ScopeTimeoutException>());
        Assert.That(parent.Reason, Is.Null);
    }

    [Test]
    public async Task A_nested_runs_timeout_is_a_failure_of_the_child_that_ran_it()
    {
        var started = Signal();
        var run = Scope.RunAsync(s =>
        {
            s.Run(ct => Scope.RunAsync(inner => Forever(started, inner.Token), Within(Second), ct));
            return Forever(s.Token);
        }, new ScopeOptions { Name = "outer", TimeProvider = _time, Timeout = 10 * Second });
        await started.Task.Soon();
        _time.Advance(Second);

        Assert.That(await run.Error(), Is.TypeOf<ScopeTimeoutException>().With.Property("Scope").EqualTo("work"));
    }

    [Test]
    public async Task An_outer_deadline_over_a_nested_run_is_the_outer_ones()
    {
        var started = Signal();
        var run = Scope.RunAsync(
            outer => Scope.RunAsync(inner => Forever(started, inner.Token), Within(10 * Second), outer.Token),
            new ScopeOptions { Name = "outer", TimeProvider = _time, Timeout = Second });
        await started.Task.Soon();
        _time.Advance(Second);

        Assert.That(await run.Error(), Is.TypeOf<ScopeTimeoutException>().With.Property("Scope").EqualTo("outer"));
    }

    [Test]
    public async Task Dispose_tells_of_a_deadline_that_cut_a_child_short_unless_a_join_has()
    {
        var unjoined = await CutShort();
        Assert.That(await unjoined.DisposeAsync().Error(), Is.TypeOf<ScopeTimeoutException>());
        Assert.That(await unjoined.DisposeAsync().Error(), Is.Null, "It was told once.");

        var joined = await CutShort();
        Assert.That(await joined.JoinAsync().Error(), Is.TypeOf<ScopeTimeoutException>());
        Assert.That(await joined.DisposeAsync().Error(), Is.Null);

        async Task<Scope> CutShort()
        {
            var s = Scope.Create(Within(Second));
            var started = Signal();
            s.Run(ct => Forever(started, ct));
            await started.Task.Soon();
            _time.Advance(Second);
            return s;
        }
    }

    [Test]
    public async Task A_timeout_that_the_body_learned_by_joining_is_not_its_failure()
    {
        var started = Signal();
        Scope? scope = null;
        var run = Scope.RunAsync(async s =>
        {
            scope = s;
            s.Run(ct => Forever(started, ct));
            await s.JoinAsync();
        }, Within(Second));
        await started.Task.Soon();
        _time.Advance(Second);

        Assert.That(await run.Error(), Is.TypeOf<ScopeTimeoutException>());
        Assert.That(scope!.Failures, Is.Empty);
    }

    [Test]
    public async Task A_scope_that_has_ended_leaves_no_deadline_behind()
    {
        var queue = DeadlineQueue.For(_time);
        await Scope.RunAsync(s =>
        {
            s.CancelAfter(2 * Second);
            Assert.That(queue.Count, Is.EqualTo(1));
            return Task.CompletedTask;
        }, Within(Second));
        Assert.That(queue.Count, Is.Zero);

        await using var cancelled = Scope.Create(Within(Second));
        cancelled.Cancel();
        cancelled.CancelAfter(Second);
        Assert.That(queue.Count, Is.Zero);
    }

    [Test]
    public void Negative_times_are_refused() =>
        Assert.That(() => Scope.Create().CancelAfter(-Second), Throws.TypeOf<ArgumentOutOfRangeException>());
}
