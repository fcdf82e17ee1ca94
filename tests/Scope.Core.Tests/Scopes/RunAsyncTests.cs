using static GoGoScope.Tests.Scopes.TestTools;

namespace GoGoScope.Tests.Scopes;

[TestFixture]
public sealed class RunAsyncTests
{
    [Test]
    public async Task Gives_the_bodys_result_after_all_children_have_ended()
    {
        var release = Signal();
        var ended = false;
        var run = Scope.RunAsync(async s =>
        {
            s.Run(async ct =>
            {
                await release.Task;
                ended = true;
            });
            await Task.Yield();
            return 42;
        });

        Assert.That(run.IsCompleted, Is.False);
        release.SetResult();
        Assert.That(await run.Soon(), Is.EqualTo(42));
        Assert.That(ended, Is.True);
    }

    [Test]
    public async Task A_childs_crash_wakes_a_body_that_is_blocked_and_siblings_end_before_the_scope_throws()
    {
        var siblingStarted = Signal();
        var siblingEnded = false;
        var error = await Scope.RunAsync(async s =>
        {
            s.Run(async ct =>
            {
                try
                {
                    await Forever(siblingStarted, ct);
                }
                finally
                {
                    await Task.Yield();
                    siblingEnded = true;
                }
            });
            s.Run(async ct =>
            {
                await siblingStarted.Task;
                throw new HttpRequestException("down");
            });
            await Forever(s.Token);
        }).Error();

        Assert.That(error, Is.TypeOf<HttpRequestException>().With.Message.EqualTo("down"));
        Assert.That(error!.GetSuppressed(), Is.Empty, "The cancelled body and sibling have not failed.");
        Assert.That(siblingEnded, Is.True);
    }

    [Test]
    public async Task Of_two_failing_children_the_first_is_thrown_as_itself_and_the_other_attached()
    {
        var started = Signal();
        var error = await Scope.RunAsync(async s =>
        {
            s.Run(async ct =>
            {
                try { await Forever(started, ct); }
                catch (OperationCanceledException) { throw new Boom("second"); }
            });
            await started.Task;
            s.Run(_ => throw new Boom("first"));
            await s.JoinAsync();
        }).Error();

        Assert.That(error, Is.TypeOf<Boom>().With.Message.EqualTo("first"));
        Assert.That(error!.GetSuppressed().Select(other => other.Message), Is.EqualTo(["second"]));
    }

    [Test]
    public async Task Neither_the_bodys_nor_a_childs_failure_is_lost()
    {
        var failed = Signal();
        var started = Signal();
        var error = await Scope.RunAsync(async s =>
        {
            s.Run(async ct =>
            {
                started.SetResult();
                try { await Forever(ct); }
                catch (OperationCanceledException) { throw new Boom("child"); }
            });
            await started.Task;
            throw new Boom("body");
        }).Error();

        Assert.That(error!.Message, Is.EqualTo("body"));
        Assert.That(error.GetSuppressed().Single().Message, Is.EqualTo("child"));
        Assert.That(error.Data["GoGoScope.Suppressed"]!.ToString(), Does.Contain("child"));
    }

    [Test]
    public async Task A_failure_of_the_body_that_comes_after_a_childs_is_attached_to_it()
    {
        var error = await Scope.RunAsync(async s =>
        {
            s.Run(_ => throw new Boom("child"));
            try { await Forever(s.Token); }
            catch (OperationCanceledException) { throw new Boom("body"); }
        }).Error();

        Assert.That(error!.Message, Is.EqualTo("child"));
        Assert.That(error.GetSuppressed().Single().Message, Is.EqualTo("body"));
    }

    [Test]
    public async Task A_failure_that_reaches_the_body_by_awaiting_the_child_is_thrown_once()
    {
        var error = await Scope.RunAsync(async s =>
        {
            var child = s.Start<int>(async ct => throw new Boom());
            return await child;
        }).Error();

        Assert.That(error, Is.TypeOf<Boom>());
        Assert.That(error!.GetSuppressed(), Is.Empty);
    }

    [Test]
    public async Task A_failure_that_several_children_throw_is_thrown_once()
    {
        var shared = new Boom();
        var error = await Scope.RunAsync(async s =>
        {
            for (var i = 0; i < 3; i++) s.Run(_ => throw shared);
            await s.JoinAsync();
        }, new ScopeOptions { FailurePolicy = FailurePolicy.Supervise }).Error();

        Assert.That(error, Is.SameAs(shared));
        Assert.That(error!.GetSuppressed(), Is.Empty);
    }

    [Test]
    public async Task With_FailFast_a_failure_is_thrown_even_if_the_body_has_seen_it()
    {
        var error = await Scope.RunAsync(async s =>
        {
            try { await s.Start(_ => Task.FromException(new Boom())); }
            catch (Boom) { }
        }).Error();

        Assert.That(error, Is.TypeOf<Boom>());
    }

    [Test]
    public async Task Children_may_be_started_while_the_scope_waits_for_its_children()
    {
        var order = new List<int>();
        await Scope.RunAsync(async s =>
        {
            s.Run(async ct =>
            {
                await Task.Yield();
                order.Add(1);
                s.Run(async ct =>
                {
                    await Task.Yield();
                    order.Add(2);
                    s.Run(ct =>
                    {
                        order.Add(3);
                        return Task.CompletedTask;
                    });
                });
            });
        }).Soon();

        Assert.That(order, Is.EqualTo([1, 2, 3]));
    }

    [Test]
    public async Task Failures_of_a_synchronous_body_come_out_of_the_task()
    {
        var run = Scope.RunAsync(Fail);
        Assert.That(await run.Error(), Is.TypeOf<Boom>());

        static Task Fail(Scope s) => throw new Boom();
    }

    [Test]
    public async Task Teardown_errors_never_hide_the_bodys_error_and_are_attached()
    {
        var error = await Scope.RunAsync(async s =>
        {
            s.Defer(_ => throw new Boom("teardown"));
            await Task.Yield();
            throw new Boom("body");
        }).Error();

        Assert.That(error!.Message, Is.EqualTo("body"));
        Assert.That(error.GetSuppressed().Single().Message, Is.EqualTo("teardown"));
    }

    [Test]
    public async Task Teardown_errors_alone_are_thrown()
    {
        var error = await Scope.RunAsync(s =>
        {
            s.Defer(_ => throw new Boom("first owned"));
            s.Defer(_ => throw new Boom("last owned"));
            return Task.FromResult(1);
        }).Error();

        Assert.That(error!.Message, Is.EqualTo("last owned"));
        Assert.That(error.GetSuppressed().Single().Message, Is.EqualTo("first owned"));
    }

    [Test]
    public async Task A_body_that_disposes_its_own_scope_is_not_waited_for_by_it()
    {
        var result = await Scope.RunAsync(async s =>
        {
            s.Run(Forever);
            await s.DisposeAsync();
            Assert.That(() => s.Run(Forever), Throws.TypeOf<ObjectDisposedException>());
            return 5;
        }).Soon();

        Assert.That(result, Is.EqualTo(5));
    }

    [Test]
    public async Task The_scope_is_closed_and_its_token_cancelled_when_it_is_over()
    {
        Scope? scope = null;
        var token = await Scope.RunAsync(s =>
        {
            scope = s;
            return Task.FromResult(s.Token);
        });

        Assert.That(token.IsCancellationRequested, Is.True);
        Assert.That(scope!.Reason!.Cause, Is.EqualTo(CancellationCause.Disposed));
        Assert.That(() => scope.Run(Forever), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => scope.Start(Forever), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => scope.CreateChild(), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task An_exception_whose_own_words_throw_does_no_harm()
    {
        var error = await Scope.RunAsync(s =>
        {
            s.Run(_ => throw new Speechless());
            return Forever(s.Token);
        }).Error();
        Assert.That(error, Is.TypeOf<Speechless>());
    }

    [Test]
    public void A_missing_body_is_refused_at_once()
    {
        Assert.That(() => Scope.RunAsync((Func<Scope, Task>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("body"));
        Assert.That(() => Scope.RunAsync((Func<Scope, ValueTask<int>>)null!), Throws.ArgumentNullException);
    }

    private sealed class Speechless : Exception
    {
        public override string Message => throw new NotSupportedException();
    }
}
