using static GoGoScope.Tests.Scopes.TestTools;

namespace GoGoScope.Tests.Scopes;

/// <summary>Waiting for oneself is refused at once; waiting for others is not.</summary>
[TestFixture]
public sealed class SelfJoinTests
{
    private static readonly ScopeOptions Outer = new() { Name = "outer" };

    [Test]
    public async Task A_child_cannot_join_or_dispose_its_own_scope()
    {
        await using var s = Scope.Create(Outer);
        var join = await s.Start(ct => s.JoinAsync(ct).Error());
        var dispose = await s.Start(ct => s.DisposeAsync().Error());

        Assert.That(join, Is.TypeOf<InvalidOperationException>().With.Message.Contains("JoinAsync of scope \"outer\" was called by child #1 of that scope"));
        Assert.That(dispose, Is.TypeOf<InvalidOperationException>().With.Message.Contains("use Cancel"));
    }

    [Test]
    public async Task Nor_can_it_after_an_await_or_from_a_task_of_its_own()
    {
        await using var s = Scope.Create();
        var error = await s.Start(async ct =>
        {
            await Task.Yield();
            return await Task.Run(() => s.JoinAsync(ct).Error(), ct);
        });
        Assert.That(error, Is.TypeOf<InvalidOperationException>());
    }

    [Test]
    public async Task A_grandchild_cannot_join_or_dispose_a_scope_that_waits_for_it()
    {
        await using var s = Scope.Create(Outer);
        var errors = await s.Start(token => Scope.RunAsync(async inner => await inner.Start(async ct => new[]
        {
            await s.JoinAsync(ct).Error(),
            await s.DisposeAsync().Error(),
        }), cancellationToken: token));
        Assert.That(errors, Is.All.TypeOf<InvalidOperationException>());
    }

    [Test]
    public async Task A_child_of_a_child_scope_cannot_dispose_the_parent_but_may_join_it()
    {
        await using var s = Scope.Create(Outer);
        await using var child = s.CreateChild(new ScopeOptions { Name = "inner" });
        var (dispose, join) = await child.Start(async ct => (await s.DisposeAsync().Error(), await s.JoinAsync(ct).Error()));

        Assert.That(dispose, Is.TypeOf<InvalidOperationException>().With.Message.Contains("child #1 of scope \"inner\""));
        Assert.That(join, Is.Null, "A join waits for the scope's own children only.");
    }

    [Test]
    public async Task A_child_may_join_and_dispose_siblings_child_scopes_and_scopes_of_its_own()
    {
        await using var s = Scope.Create();
        await using var other = Scope.Create();
        var childScope = s.CreateChild();
        await s.Start(async ct =>
        {
            await other.JoinAsync(ct);
            await other.DisposeAsync();
            await childScope.JoinAsync(ct);
            await childScope.DisposeAsync();
            await using var own = s.CreateChild();
            own.Run(async _ => await Task.Yield());
            await own.JoinAsync(ct);
        }).AsTask().Soon();
    }

    [Test]
    public async Task The_body_of_a_nested_run_may_join_its_scope_but_not_the_one_above()
    {
        await using var s = Scope.Create();
        var error = await s.Start(async ct => await Scope.RunAsync(async inner =>
        {
            await inner.JoinAsync(ct);
            return await s.JoinAsync(ct).Error();
        }, cancellationToken: ct));
        Assert.That(error, Is.TypeOf<InvalidOperationException>());
    }

    [Test]
    public async Task What_outlives_a_child_may_wait_for_the_scope()
    {
        await using var s = Scope.Create();
        var release = Signal();
        Task? left = null;
        await s.Start(async ct => left = Task.Run(async () =>
        {
            await release.Task;
            await s.JoinAsync();
        }, ct));
        await s.JoinAsync().Soon();
        release.SetResult();
        await left!.Soon();
    }

    [Test]
    public async Task The_mark_is_found_quickly_however_deep_the_nesting_is()
    {
        await using var root = Scope.Create();
        Assert.That(await Nest(root, 200).Soon(), Is.TypeOf<InvalidOperationException>());

        async Task<Exception?> Nest(Scope scope, int depth) => await scope.Start(async _ =>
        {
            if (depth == 0) return await root.DisposeAsync().Error();
            await using var child = scope.CreateChild();
            return await Nest(child, depth - 1);
        });
    }
}
