using GoGoScope.Tests.Scopes;

namespace GoGoScope.Tests.Attacks;

public sealed class OwnedListLeakTests
{
    [Test]
    public async Task A_lock_that_was_disposed_while_it_was_held_leaves_the_scope_with_its_last_guard([Values] bool keyed)
    {
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = new InMemoryLockProvider() });
        var @lock = keyed ? scope.CreateLock("k") : scope.CreateLock();
        var guard = await @lock.AcquireAsync();
        await @lock.DisposeAsync();
        await guard.DisposeAsync();
        Assert.That(scope.Dump(), Does.Not.Contain("owns:"));
    }
}
