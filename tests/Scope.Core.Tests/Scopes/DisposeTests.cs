using static GoGoScope.Tests.Scopes.TestTools;

namespace GoGoScope.Tests.Scopes;

[TestFixture]
public sealed class DisposeTests
{
    [Test]
    public async Task Leaving_without_a_join_cancels_the_children_and_waits_for_them()
    {
        var started = Signal();
        var ended = false;
        await using (var s = Scope.Create())
        {
            s.Run(async ct =>
            {
                try { await Forever(started, ct); }
                finally
                {
                    await Task.Yield();
                    ended = true;
                }
            });
            await started.Task.Soon();
        }
        Assert.That(ended, Is.True);
    }

    [Test]
    public async Task What_is_owned_is_there_until_the_last_child_has_ended()
    {
        var log = new List<string>();
        var started = Signal();
        var release = Signal();
        var s = Scope.Create();
        s.Defer(async _ => log.Add("owned"));
        s.Run(async ct =>
        {
            try { await Forever(started, ct); }
            finally
            {
                await release.Task;
                log.Add("child");
            }
        });
        await started.Task.Soon();

        var disposal = Task.CompletedTask;
        try
        {
            // It goes as far as it can before it returns.
            await Task.Run(() => { disposal = s.DisposeAsync().AsTask(); }).Soon();
            Assert.That(log, Is.Empty);
        }
        finally
        {
            release.SetResult();
        }
        await disposal.Soon();
        Assert.That(log, Is.EqualTo(["child", "owned"]));
    }

    [Test]
    public async Task Throws_the_first_failure_that_nobody_has_observed()
    {
        var s = Scope.Create(new ScopeOptions { FailurePolicy = FailurePolicy.Supervise });
        var seen = s.Start(_ => Task.FromException(new Boom("seen")));
        Assert.That(await seen.AsTask().Error(), Is.TypeOf<Boom>());
        var failed = s.Start(_ => Task.FromException(new Boom("unseen")));
        while (s.Failures.Count < 2) await Task.Yield();

        Assert.That(await s.DisposeAsync().Error(), Is.TypeOf<Boom>().With.Message.EqualTo("unseen"));
        Assert.That(await s.DisposeAsync().Error(), Is.Null);
        GC.KeepAlive(failed);
    }

    [Test]
    public async Task Says_nothing_of_a_failure_that_was_observed_although_it_cancelled_the_scope()
    {
        await using var s = Scope.Create();
        var sibling = Signal();
        s.Run(ct => Forever(sibling, ct));
        await sibling.Task.Soon();
        Assert.That(async () => await s.Start(_ => Task.FromException(new Boom())), Throws.TypeOf<Boom>());
        Assert.That(s.Reason!.Cause, Is.EqualTo(CancellationCause.Failure));
    }

    [Test]
    public async Task A_joins_exception_is_not_thrown_again()
    {
        var s = Scope.Create();
        s.Run(_ => throw new Boom());
        Assert.That(await s.JoinAsync().Error(), Is.TypeOf<Boom>());
        Assert.That(await s.JoinAsync().Error(), Is.TypeOf<Boom>(), "A join tells how the children ended, every time.");
        Assert.That(await s.DisposeAsync().Error(), Is.Null);
        Assert.That(s.Failures.Single(), Is.TypeOf<Boom>());
    }

    /// <summary>What C# does; why the docs lead with RunAsync.</summary>
    [Test]
    public async Task Await_using_lets_a_childs_failure_replace_the_bodys_exception()
    {
        var error = await Body().Error();
        Assert.That(error!.Message, Is.EqualTo("child"));

        static async Task Body()
        {
            await using var s = Scope.Create();
            s.Run(_ => throw new Boom("child"));
            while (s.Failures.Count == 0) await Task.Yield();
            throw new Boom("body");
        }
    }

    [Test]
    public async Task The_callers_cancellation_is_not_thrown_at_the_end()
    {
        using var caller = new CancellationTokenSource();
        var started = Signal();
        var s = Scope.Create(cancellationToken: caller.Token);
        s.Run(ct => Forever(started, ct));
        await started.Task.Soon();
        await caller.CancelAsync();
        Assert.That(await s.DisposeAsync().Error(), Is.Null);
        Assert.That(s.Reason!.Cause, Is.EqualTo(CancellationCause.Caller));
    }

    [Test]
    public async Task Giving_up_a_join_leaves_the_children_alone()
    {
        await using var s = Scope.Create();
        var release = Signal();
        s.Run(_ => release.Task);
        using var patience = new CancellationTokenSource();
        var join = s.JoinAsync(patience.Token);
        await patience.CancelAsync();

        Assert.That(await join.Error(), Is.InstanceOf<OperationCanceledException>().With.Property("CancellationToken").EqualTo(patience.Token));
        Assert.That(s.Reason, Is.Null);
        release.SetResult();
        await s.JoinAsync().Soon();
    }

    [Test]
    public async Task A_task_that_was_joined_is_complete()
    {
        for (var round = 0; round < 2000; round++)
        {
            await using var s = Scope.Create();
            var task = s.Start(async ct => { await Task.Yield(); return 1; });
            await s.JoinAsync();
            Assert.That(task.AsTask().IsCompleted, Is.True);
        }
    }

    [Test]
    public async Task Nobodys_token_keeps_a_scope_that_has_ended()
    {
        using var caller = new CancellationTokenSource();
        var scope = await Ended(caller.Token);
        Assert.That(await scope.IsCollected(), Is.True);

        static async Task<WeakReference> Ended(CancellationToken token)
        {
            var s = Scope.Create(new ScopeOptions { Timeout = TimeSpan.FromDays(1) }, token);
            await s.DisposeAsync();
            return new WeakReference(s);
        }
    }
}
