using System.Runtime.CompilerServices;
using static GoGoScope.Tests.Scopes.TestTools;

namespace GoGoScope.Tests.Scopes;

[TestFixture]
public sealed class StartingTests
{
    [Test]
    public async Task Into_a_cancelled_scope_nothing_is_started_and_nothing_hangs()
    {
        var ran = false;
        await using var s = Scope.Create();
        s.Cancel();

        s.Run(ct => { ran = true; return Task.CompletedTask; });
        var child = s.Start(ct => { ran = true; return Task.FromResult(1); });

        Assert.That(await child.AsTask().Error(), Is.InstanceOf<OperationCanceledException>());
        await s.JoinAsync().Soon();
        Assert.That(ran, Is.False);
    }

    [Test]
    public async Task Into_a_cancelled_scope_nothing_waits_for_a_slot()
    {
        var holding = Signal();
        await using var s = Scope.Create(new ScopeOptions { MaxConcurrency = 1 });
        s.Run(_ => holding.Task);
        s.Cancel();
        Assert.That(s.Start(Forever).AsTask().IsCanceled, Is.True);
        holding.SetResult();
    }

    [Test]
    public async Task A_child_that_has_not_begun_when_the_scope_is_cancelled_never_runs()
    {
        var ran = false;
        var holding = Signal();
        await using var s = Scope.Create(new ScopeOptions { MaxConcurrency = 1 });
        s.Run(_ => holding.Task);
        var pending = s.Start(ct => { ran = true; return Task.CompletedTask; });
        s.Cancel();

        Assert.That(await pending.AsTask().Error(), Is.InstanceOf<OperationCanceledException>(), "It is told at once, not when a slot is free.");
        holding.SetResult();
        await s.JoinAsync().Soon();
        Assert.That(ran, Is.False);
    }

    [Test]
    public async Task A_child_runs_on_the_thread_pool_not_under_the_callers_stack()
    {
        await using var s = Scope.Create();
        var sameStack = true;
        var child = s.Start(_ => { Assert.That(Thread.CurrentThread.IsThreadPoolThread); sameStack = false; return Task.CompletedTask; });
        await child;
        Assert.That(sameStack, Is.False);
    }

    [Test]
    public async Task Async_locals_flow_into_children_and_not_back()
    {
        var local = new AsyncLocal<string> { Value = "caller" };
        await using var s = Scope.Create();

        var seen = await s.Start(async ct =>
        {
            var inside = local.Value;
            local.Value = "child";
            await Task.Yield();
            return inside;
        });

        Assert.That(seen, Is.EqualTo("caller"));
        Assert.That(local.Value, Is.EqualTo("caller"));
    }

    [Test]
    public async Task Async_locals_do_not_flow_from_one_child_into_the_next_one_in_its_slot()
    {
        var local = new AsyncLocal<string?>();
        await using var s = Scope.Create(new ScopeOptions { MaxConcurrency = 1 });
        s.Run(ct => { local.Value = "first"; return Task.CompletedTask; });
        Assert.That(await s.Start(ct => Task.FromResult(local.Value)), Is.Null);
    }

    [Test]
    public async Task A_caller_that_suppresses_the_flow_of_its_context_keeps_it_to_itself()
    {
        var local = new AsyncLocal<string?> { Value = "caller" };
        await using var s = Scope.Create();
        ScopeTask<string?> child;
        using (ExecutionContext.SuppressFlow()) child = s.Start(ct => Task.FromResult<string?>(local.Value));
        Assert.That(await child, Is.Null);
    }

    [Test]
    public async Task The_childs_token_is_that_of_the_scope()
    {
        await using var s = Scope.Create();
        Assert.That(await s.Start(ct => Task.FromResult(ct)), Is.EqualTo(s.Token));
    }

    [Test]
    public async Task A_delegate_without_a_task_is_a_failure()
    {
        var error = await Scope.RunAsync(s =>
        {
            s.Run(_ => (Task)null!);
            return Task.CompletedTask;
        }).Error();
        Assert.That(error, Is.InstanceOf<ArgumentNullException>());
    }

    [Test]
    public void Missing_work_is_refused()
    {
        var s = Scope.Create();
        Assert.That(() => s.Run((Func<CancellationToken, Task>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("work"));
        Assert.That(() => s.Start((Func<CancellationToken, ValueTask<int>>)null!), Throws.ArgumentNullException);
        Assert.That(() => s.Defer((Func<CancellationToken, Task>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("action"));
        Assert.That(() => s.Own((IAsyncDisposable)null!), Throws.ArgumentNullException);
    }

    [Test]
    public async Task A_chain_of_children_that_each_start_the_next_is_not_kept_in_memory()
    {
        var lastRuns = Signal();
        var release = Signal();
        var s = Scope.Create();
        var first = StartChain(s, async ct =>
        {
            lastRuns.SetResult();
            await release.Task;
        });
        await lastRuns.Task.Soon();
        Assert.That(await first.IsCollected(), Is.True, "The third child runs, and keeps the second one, but not the first.");
        release.SetResult();
        await s.DisposeAsync();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference StartChain(Scope s, Func<CancellationToken, Task> last)
    {
        var ballast = new object();
        var second = Link(s, last);
        s.Run(ct =>
        {
            GC.KeepAlive(ballast);
            return second(ct);
        });
        return new WeakReference(ballast);

        static Func<CancellationToken, Task> Link(Scope s, Func<CancellationToken, Task> last) => _ =>
        {
            s.Run(ct =>
            {
                s.Run(last);
                return Task.CompletedTask;
            });
            return Task.CompletedTask;
        };
    }
}
