using static GoGoScope.Tests.Scopes.TestTools;

namespace GoGoScope.Tests.Scopes;

[TestFixture]
public sealed class OwnershipTests
{
    [Test]
    public async Task Owned_things_are_released_in_reverse_order_one_at_a_time_after_all_children()
    {
        var log = new List<string>();
        await Scope.RunAsync(s =>
        {
            s.Own(new Resource("first", log));
            s.Own(new SyncResource("second", log));
            s.Defer(async _ =>
            {
                log.Add("third begins");
                await Task.Yield();
                log.Add("third ends");
            });
            s.Run(async ct =>
            {
                await Task.Yield();
                log.Add("child");
            });
            return Task.CompletedTask;
        }).Soon();

        Assert.That(log, Is.EqualTo(["child", "third begins", "third ends", "second", "first"]));
    }

    [Test]
    public async Task Everything_is_released_although_some_of_it_throws()
    {
        var log = new List<string>();
        var s = Scope.Create();
        s.Own(new Resource("first", log));
        s.Own(new SyncResource("second", log) { Failure = new Boom("second") });
        s.Own(new Resource("third", log) { Failure = new Boom("third") });
        s.Own(new Resource("fourth", log));

        var error = await s.DisposeAsync().Error();

        Assert.That(log, Is.EqualTo(["fourth", "third", "second", "first"]));
        Assert.That(error!.Message, Is.EqualTo("third"));
        Assert.That(error.GetSuppressed().Single().Message, Is.EqualTo("second"));
    }

    [Test]
    public async Task What_can_be_disposed_both_ways_is_disposed_asynchronously_and_once()
    {
        var log = new List<string>();
        await using (var s = Scope.Create())
        {
            BothWays both = s.Own(new BothWays(log));
            SyncResource sync = s.Own(new SyncResource("sync", log));
            Assert.That((both, sync), Is.Not.EqualTo((default(BothWays), default(SyncResource))));
        }
        Assert.That(log, Is.EqualTo(["sync", "async of both"]));
    }

    [Test]
    public async Task Owning_into_a_closed_scope_disposes_the_thing_then_throws()
    {
        var log = new List<string>();
        var s = Scope.Create(new ScopeOptions { Name = "over" });
        await s.DisposeAsync();

        Assert.That(() => s.Own(new Resource("async", log)), Throws.TypeOf<ObjectDisposedException>().With.Message.Contains("over"));
        Assert.That(() => s.Own(new SyncResource("sync", log)), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => s.Own(new Resource("failing", log) { Failure = new Boom() }), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => s.Defer(async _ => log.Add("deferred")), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(log, Is.EqualTo(["async", "sync", "failing", "deferred"]));
    }

    [Test]
    public async Task What_is_owned_during_teardown_is_released_too()
    {
        var log = new List<string>();
        await Scope.RunAsync(s =>
        {
            s.Own(new Resource("first", log));
            s.Defer(async _ => s.Own(new Resource("late", log)));
            return Task.CompletedTask;
        }).Soon();
        Assert.That(log, Is.EqualTo(["late", "first"]));
    }

    [Test]
    public async Task A_deferred_actions_token_is_not_that_of_the_cancelled_scope()
    {
        var cancelled = true;
        await Scope.RunAsync(s =>
        {
            s.Defer(async ct => cancelled = ct.IsCancellationRequested);
            s.Cancel();
            return Task.CompletedTask;
        }).Soon();
        Assert.That(cancelled, Is.False);
    }

    [Test]
    public async Task Dispose_is_one_teardown_that_all_callers_wait_for()
    {
        var begun = Signal();
        var release = Signal();
        var count = 0;
        var s = Scope.Create();
        s.Defer(async _ =>
        {
            count++;
            begun.SetResult();
            await release.Task;
            throw new Boom();
        });

        var disposals = Enumerable.Range(0, 10).Select(_ => Task.Run(async () => await s.DisposeAsync())).ToList();
        await begun.Task.Soon();
        disposals.Add(s.DisposeAsync().AsTask());
        Assert.That(disposals.Any(disposal => disposal.IsCompleted), Is.False);
        release.SetResult();
        var errors = new List<Exception?>();
        foreach (var disposal in disposals) errors.Add(await disposal.Error());

        Assert.That(count, Is.EqualTo(1));
        Assert.That(errors.OfType<Boom>().Count(), Is.EqualTo(1), "A failure is thrown to one of them.");
        await s.DisposeAsync();
    }

    [Test]
    public async Task A_deferred_action_that_disposes_its_own_scope_is_told_so()
    {
        var s = Scope.Create(new ScopeOptions { Name = "own" });
        s.Defer(async _ => await s.DisposeAsync());
        Assert.That(await s.DisposeAsync().Error(), Is.TypeOf<InvalidOperationException>().With.Message.Contains("own"));
    }

    [Test]
    public async Task A_deferred_action_may_join_and_may_dispose_child_scopes()
    {
        var s = Scope.Create();
        s.Defer(async ct =>
        {
            await s.JoinAsync(ct);
            await using var child = s.CreateChild();
        });
        await s.DisposeAsync().Soon();
    }

    [Test]
    public async Task A_join_during_teardown_does_not_take_the_failures_of_the_dispose()
    {
        var s = Scope.Create();
        s.Defer(ct => s.JoinAsync(ct));
        s.Defer(_ => throw new Boom());
        Assert.That(await s.DisposeAsync().Error(), Is.TypeOf<Boom>());
    }

    [Test]
    public async Task A_child_scope_that_is_made_during_teardown_ends_with_it()
    {
        var log = new List<string>();
        var s = Scope.Create();
        s.Defer(async _ => s.CreateChild().Defer(async _ => log.Add("inner")));
        await s.DisposeAsync().Soon();
        Assert.That(log, Is.EqualTo(["inner"]));
        Assert.That(() => s.CreateChild(), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task What_locks_own_can_leave_early_and_is_released_in_its_place_otherwise()
    {
        var log = new List<string>();
        var s = Scope.Create();
        var owned = new[] { "a", "b", "c", "d" }.Select(name => new FakeGuard(name, log)).ToArray();
        foreach (var guard in owned) Assert.That(s.TryOwn(guard), Is.True);

        s.Disown(owned[3]);
        s.Disown(owned[1]);
        s.Disown(owned[1]);
        Assert.That(s.Dump(), Does.Contain("owns: guard c").And.Not.Contain("guard b"));
        await s.DisposeAsync();

        Assert.That(log, Is.EqualTo(["c", "a"]));
        Assert.That(owned.Select(guard => guard.OwningScope), Is.All.Null);
        Assert.That(s.TryOwn(owned[0]), Is.False);
    }

    private sealed class Resource(string name, List<string> log) : IAsyncDisposable
    {
        public Exception? Failure { get; init; }

        public async ValueTask DisposeAsync()
        {
            log.Add(name);
            await Task.Yield();
            if (Failure is not null) throw Failure;
        }
    }

    private sealed class SyncResource(string name, List<string> log) : IDisposable
    {
        public Exception? Failure { get; init; }

        public void Dispose()
        {
            log.Add(name);
            if (Failure is not null) throw Failure;
        }
    }

    private sealed class BothWays(List<string> log) : IAsyncDisposable, IDisposable
    {
        public void Dispose() => log.Add("sync of both");

        public ValueTask DisposeAsync()
        {
            log.Add("async of both");
            return ValueTask.CompletedTask;
        }
    }
}
