using GoGoScope.Testing;
using GoGoScope.Tests.Scopes;

namespace GoGoScope.Tests.Attacks;

[NonParallelizable]
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

    [Test]
    public async Task A_lock_that_is_disposed_as_its_guard_is_leaves_the_scope([Values] bool keyed)
    {
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = new InMemoryLockProvider() });
        Lock @lock = null!;
        LockGuard guard = default;
        Race.Run(
            20_000,
            prepare: _ =>
            {
                @lock = keyed ? scope.CreateLock("k") : scope.CreateLock();
                guard = @lock.AcquireAsync().AsTask().Spin();
            },
            first: () => guard.DisposeAsync().Now(),
            second: () => @lock.DisposeAsync().Now(),
            firstWon: round => round % 2 == 0);
        Assert.That(scope.Dump(), Does.Not.Contain("owns:"));
    }
}
