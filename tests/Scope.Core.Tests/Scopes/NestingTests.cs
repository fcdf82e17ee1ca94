using GoGoScope.Testing;
using static GoGoScope.Tests.Scopes.TestTools;

namespace GoGoScope.Tests.Scopes;

[TestFixture]
public sealed class NestingTests
{
    [Test]
    public async Task A_child_scope_inherits_clock_and_provider_but_not_the_policy()
    {
        var time = new ManualTimeProvider();
        var provider = new InMemoryLockProvider();
        await using var parent = Scope.Create(new ScopeOptions { TimeProvider = time, LockProvider = provider, FailurePolicy = FailurePolicy.Supervise });
        await using var child = parent.CreateChild();
        await using var grandchild = child.CreateChild(new ScopeOptions { TimeProvider = TimeProvider.System });

        Assert.That((child.TimeProvider, child.LockProvider), Is.EqualTo(((TimeProvider)time, (ILockProvider)provider)));
        Assert.That((grandchild.TimeProvider, grandchild.LockProvider), Is.EqualTo((TimeProvider.System, (ILockProvider)provider)));
        child.Run(_ => throw new Boom());
        Assert.That(await child.JoinAsync().Error(), Is.TypeOf<Boom>());
        Assert.That(child.IsCancelled, Is.True);
    }

    [Test]
    public async Task The_defaults_are_the_system_clock_and_the_shared_provider()
    {
        await using var s = Scope.Create();
        Assert.That((s.Name, s.TimeProvider, s.LockProvider, s.Deadline), Is.EqualTo(((string?)null, TimeProvider.System, (ILockProvider)InMemoryLockProvider.Shared, (DateTimeOffset?)null)));
    }

    [Test]
    public async Task A_child_scope_of_a_cancelled_scope_is_cancelled()
    {
        await using var parent = Scope.Create();
        parent.Cancel();
        await using var child = parent.CreateChild();
        Assert.That(child.Reason!.Cause, Is.EqualTo(CancellationCause.Parent));
    }

    [Test]
    public async Task A_child_scopes_end_or_failure_leaves_the_parent_alone()
    {
        await using var parent = Scope.Create();
        var child = parent.CreateChild();
        child.Run(_ => throw new Boom());
        Assert.That(await child.JoinAsync().Error(), Is.TypeOf<Boom>());
        await child.DisposeAsync();
        Assert.That(parent.Reason, Is.Null);
        Assert.That(parent.Failures, Is.Empty);
        Assert.That(parent.Dump(), Does.Not.Contain("  Scope"));
    }

    [Test]
    public async Task What_nobody_has_disposed_ends_with_the_parent_before_owned_things_are_released()
    {
        var log = new List<string>();
        var started = Signal();
        await Scope.RunAsync(async s =>
        {
            s.Defer(async _ => log.Add("parent's"));
            var child = s.CreateChild();
            child.Defer(async _ => log.Add("child's"));
            child.Run(async ct =>
            {
                try { await Forever(started, ct); }
                finally { log.Add("child"); }
            });
            await started.Task;
        }).Soon();

        Assert.That(log, Is.EqualTo(["child", "child's", "parent's"]));
    }

    [Test]
    public async Task An_unobserved_failure_of_a_forgotten_child_scope_surfaces_in_the_parent()
    {
        var error = await Scope.RunAsync(async s =>
        {
            var child = s.CreateChild();
            child.Run(_ => throw new Boom("child scope"));
            child.Defer(_ => throw new Boom("its teardown"));
            while (child.Failures.Count == 0) await Task.Yield();
        }).Error();

        Assert.That(error!.Message, Is.EqualTo("child scope"));
        Assert.That(error.GetSuppressed().Single().Message, Is.EqualTo("its teardown"));
    }

    [Test]
    public async Task An_observed_failure_of_a_forgotten_child_scope_does_not()
    {
        await Scope.RunAsync(async s =>
        {
            var child = s.CreateChild();
            child.Run(_ => throw new Boom());
            Assert.That(await child.JoinAsync().Error(), Is.TypeOf<Boom>());
        }).Soon();
    }

    [Test]
    public async Task Any_of_many_child_scopes_can_leave_in_any_order()
    {
        await using var parent = Scope.Create(new ScopeOptions { Name = null });
        var children = Enumerable.Range(0, 5).Select(i => parent.CreateChild(new ScopeOptions { Timeout = TimeSpan.FromDays(i + 1) })).ToArray();
        foreach (var i in new[] { 2, 0, 4, 3 }) await children[i].DisposeAsync();
        parent.Cancel();
        Assert.That(children[1].Reason!.Cause, Is.EqualTo(CancellationCause.Parent));
        Assert.That(children[2].Reason!.Cause, Is.EqualTo(CancellationCause.Disposed));
    }

    [Test]
    public async Task A_long_lived_parent_keeps_nothing_of_child_scopes_that_have_ended()
    {
        await using var parent = Scope.Create();
        var child = await EndedChild(parent);
        Assert.That(await child.IsCollected(), Is.True);

        static async Task<WeakReference> EndedChild(Scope parent)
        {
            var child = parent.CreateChild();
            child.Run(ct => Task.CompletedTask);
            await child.JoinAsync();
            await child.DisposeAsync();
            return new WeakReference(child);
        }
    }
}
