using static GoGoScope.Tests.Scopes.TestTools;

namespace GoGoScope.Tests.Scopes;

[TestFixture]
public sealed class CancellationTests
{
    [Test]
    public async Task Cancel_reaches_grandchildren_before_it_returns()
    {
        await using var s = Scope.Create();
        await using var child = s.CreateChild();
        await using var grandchild = child.CreateChild();
        var tokens = new[] { s.Token, child.Token, grandchild.Token };

        s.Cancel("enough");

        Assert.That(tokens.All(token => token.IsCancellationRequested), Is.True);
        Assert.That(s.Reason, Is.EqualTo(new CancellationReason(CancellationCause.Requested, "enough", null)));
        Assert.That(child.Reason!.Cause, Is.EqualTo(CancellationCause.Parent));
        Assert.That(grandchild.Reason!.Message, Does.Contain("enough"), "The reason at the root is the one to know.");
    }

    [Test]
    public async Task Cancel_is_idempotent_and_the_first_reason_stays()
    {
        await using var s = Scope.Create();
        Assert.That(s.Reason, Is.Null);
        s.Cancel("first");
        s.Cancel("second");
        Assert.That(s.Reason!.Message, Is.EqualTo("first"));

        await s.DisposeAsync();
        s.Cancel("third");
        Assert.That(s.Reason!.Message, Is.EqualTo("first"));
    }

    [Test]
    public async Task A_token_that_is_asked_for_after_the_cancellation_is_cancelled()
    {
        await using var s = Scope.Create();
        s.Cancel();
        Assert.That(s.Token.IsCancellationRequested, Is.True);
        var again = s.Token;
        Assert.That(again, Is.EqualTo(s.Token));
    }

    [Test]
    public async Task A_failure_after_ones_own_cancel_is_reported_not_the_cancel()
    {
        var error = await Scope.RunAsync(async s =>
        {
            s.Cancel();
            await Task.Yield();
            throw new Boom();
        }).Error();
        Assert.That(error, Is.TypeOf<Boom>());
    }

    [Test]
    public async Task A_body_that_its_own_cancel_cut_short_throws_with_the_reason()
    {
        var error = await Scope.RunAsync(async s =>
        {
            s.Cancel("not needed any more");
            await Forever(s.Token);
        }).Error();
        Assert.That(error, Is.InstanceOf<OperationCanceledException>().With.Message.EqualTo("not needed any more"));
    }

    [Test]
    public async Task Children_that_were_cancelled_on_request_are_no_error()
    {
        var result = await Scope.RunAsync(async s =>
        {
            var started = Signal();
            s.Run(ct => Forever(started, ct));
            await started.Task;
            s.Cancel();
            await s.JoinAsync();
            return 7;
        }).Soon();
        Assert.That(result, Is.EqualTo(7));
    }

    [Test]
    public async Task The_callers_cancellation_surfaces_with_the_callers_token()
    {
        using var caller = new CancellationTokenSource();
        var started = Signal();
        var run = Scope.RunAsync(s => Forever(started, s.Token), cancellationToken: caller.Token);
        await started.Task.Soon();
        await caller.CancelAsync();

        Assert.That(await run.Error(), Is.InstanceOf<OperationCanceledException>().With.Property("CancellationToken").EqualTo(caller.Token));
        Assert.That(run.IsCanceled, Is.True);
    }

    [Test]
    public async Task The_callers_token_used_directly_is_the_callers_cancellation_too()
    {
        using var caller = new CancellationTokenSource();
        var cut = new TaskCompletionSource();
        Scope? scope = null;
        var run = Scope.RunAsync(s =>
        {
            scope = s;
            // Registered after the scope's own callback, so called before it; the body ends in its stack.
            caller.Token.Register(() =>
            {
                Assert.That(scope.IsCancelled, Is.False);
                cut.SetCanceled(caller.Token);
            });
            return cut.Task;
        }, cancellationToken: caller.Token);
        caller.Cancel();

        Assert.That(await run.Error(), Is.InstanceOf<OperationCanceledException>().With.Property("CancellationToken").EqualTo(caller.Token));
        Assert.That(scope!.Reason!.Cause, Is.EqualTo(CancellationCause.Caller));
        Assert.That(scope.Failures, Is.Empty);
    }

    [Test]
    public async Task The_parents_token_used_directly_is_the_parents_cancellation_too()
    {
        await using var parent = Scope.Create();
        await using var child = parent.CreateChild();
        var started = Signal();
        child.Run(_ => Forever(started, parent.Token));
        await started.Task.Soon();
        parent.Cancel();

        var error = await child.JoinAsync().Error();
        Assert.That(error, Is.InstanceOf<OperationCanceledException>().With.Property("CancellationToken").EqualTo(parent.Token));
        Assert.That(child.Failures, Is.Empty);
    }

    [Test]
    public async Task A_result_that_was_ready_in_spite_of_the_cancellation_is_given()
    {
        using var caller = new CancellationTokenSource();
        var result = await Scope.RunAsync(async s =>
        {
            await caller.CancelAsync();
            Assert.That(s.Token.IsCancellationRequested, Is.True);
            return 3;
        }, cancellationToken: caller.Token).Soon();
        Assert.That(result, Is.EqualTo(3));
    }

    [Test]
    public async Task A_scope_that_is_cancelled_from_the_start_still_runs_its_body()
    {
        var ran = false;
        var error = await Scope.RunAsync(async s =>
        {
            ran = true;
            await Forever(s.Token);
        }, cancellationToken: new CancellationToken(canceled: true)).Error();
        Assert.That(ran, Is.True);
        Assert.That(error, Is.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_cancellation_that_nobody_asked_for_is_a_failure()
    {
        var timedOut = new TaskCanceledException("The request was canceled due to the configured HttpClient.Timeout", new TimeoutException());
        Scope? scope = null;
        var error = await Scope.RunAsync(s =>
        {
            scope = s;
            s.Run(_ => throw timedOut);
            return Forever(s.Token);
        }).Error();

        Assert.That(error, Is.SameAs(timedOut));
        Assert.That(scope!.Reason!.Cause, Is.EqualTo(CancellationCause.Failure));
        Assert.That(scope.Reason.Exception, Is.SameAs(timedOut));
    }

    [Test]
    public async Task A_cancellation_by_somebody_elses_token_is_a_failure([Values] bool ofTheBody)
    {
        using var other = new CancellationTokenSource();
        await other.CancelAsync();
        Scope? scope = null;
        var error = await Scope.RunAsync(async s =>
        {
            scope = s;
            if (ofTheBody) other.Token.ThrowIfCancellationRequested();
            s.Run(_ => Forever(other.Token));
            await Forever(s.Token);
        }).Error();

        Assert.That(error, Is.InstanceOf<OperationCanceledException>().With.Property("CancellationToken").EqualTo(other.Token));
        Assert.That(scope!.Reason!.Cause, Is.EqualTo(CancellationCause.Failure));
        Assert.That(scope.Failures, Is.EqualTo([error]));
    }

    [Test]
    public async Task A_timeout_of_somebody_else_is_a_failure_even_while_the_scope_is_cancelled()
    {
        var timedOut = new TaskCanceledException("timeout", new TimeoutException());
        var error = await Scope.RunAsync(s =>
        {
            s.Cancel();
            throw timedOut;
        }).Error();
        Assert.That(error, Is.SameAs(timedOut));
    }

    [Test]
    public async Task A_callback_that_throws_breaks_nothing_and_is_a_failure()
    {
        var others = 0;
        var released = false;
        var error = await Scope.RunAsync(async s =>
        {
            s.Token.Register(() => others++);
            s.Token.Register(() => throw new Boom("callback"));
            s.Token.Register(() => others++);
            s.Defer(async _ => released = true);
            s.Cancel();
            await Task.Yield();
        }).Error();

        Assert.That(error, Is.TypeOf<Boom>().With.Message.EqualTo("callback"));
        Assert.That((others, released), Is.EqualTo((2, true)));
    }

    [Test]
    public async Task A_callback_that_throws_when_the_scope_ends_is_not_lost()
    {
        var error = await Scope.RunAsync(s =>
        {
            s.Token.Register(() => throw new Boom());
            return Task.CompletedTask;
        }).Error();
        Assert.That(error, Is.TypeOf<Boom>());
    }

    [Test]
    public async Task Callbacks_do_not_run_under_the_stack_of_Cancel_and_the_scope_waits_for_them()
    {
        await using var s = Scope.Create();
        using var release = new ManualResetEventSlim();
        var called = Signal();
        s.Token.Register(() =>
        {
            called.SetResult();
            release.Wait();
        });
        s.Cancel();
        await called.Task.Soon();

        var disposal = s.DisposeAsync().AsTask();
        Assert.That(disposal.IsCompleted, Is.False);
        release.Set();
        await disposal.Soon();
    }

    [Test]
    public async Task A_lost_lease_cancels_with_its_own_exception()
    {
        var lost = new LeaseLostException("stock:1", 17, "the store does not answer");
        Scope? scope = null;
        var error = await Scope.RunAsync(async s =>
        {
            scope = s;
            s.CancelForLostLease(lost);
            await Forever(s.Token);
        }).Error();

        Assert.That(error, Is.SameAs(lost));
        Assert.That(scope!.Reason!.Cause, Is.EqualTo(CancellationCause.LeaseLost));
    }
}
