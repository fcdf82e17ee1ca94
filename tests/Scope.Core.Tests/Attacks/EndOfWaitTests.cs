using GoGoScope.Tests.Scopes;

namespace GoGoScope.Tests.Attacks;

public sealed class EndOfWaitTests
{
    [Test]
    public async Task A_wait_that_the_end_of_the_scope_ends_always_ends_in_the_same_way([Values] bool throughLock)
    {
        var provider = new InMemoryLockProvider();
        await using var outside = Scope.Create(new ScopeOptions { LockProvider = provider });
        await using var holder = await outside.AcquireLockAsync("k");
        var seen = new Dictionary<string, int>();
        for (var round = 0; round < 2_000; round++)
        {
            var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
            var wait = throughLock ? scope.CreateLock("k").AcquireAsync().AsTask() : scope.AcquireLockAsync("k").AsTask();
            await scope.DisposeAsync();
            var kind = (await wait.Error())!.GetType().Name;
            seen[kind] = seen.GetValueOrDefault(kind) + 1;
        }
        Assert.That(seen, Has.Count.EqualTo(1), string.Join(", ", seen));
    }

    [Test]
    public async Task A_grant_that_the_end_of_the_scope_took_back_before_its_caller_saw_it_is_no_success([Values] bool throughLock)
    {
        var provider = new InMemoryLockProvider();
        await using var outside = Scope.Create(new ScopeOptions { LockProvider = provider });
        var holder = await outside.AcquireLockAsync("k");
        var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
        var wait = throughLock ? scope.CreateLock("k").AcquireAsync() : scope.AcquireLockAsync("k");
        await holder.DisposeAsync();
        SpinWait.SpinUntil(() => wait.IsCompleted);
        await scope.DisposeAsync();

        Assert.That(provider.EntryCount, Is.Zero);
        Assert.That(await wait.AsTask().Error(), Is.InstanceOf<OperationCanceledException>());
    }
}
