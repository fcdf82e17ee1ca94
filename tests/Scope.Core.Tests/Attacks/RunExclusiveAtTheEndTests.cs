using GoGoScope.Tests.Scopes;

namespace GoGoScope.Tests.Attacks;

public sealed class RunExclusiveAtTheEndTests
{
    [Test]
    public async Task What_ran_on_without_its_lock_is_not_reported_as_done_under_it()
    {
        var provider = new InMemoryLockProvider();
        var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
        var entered = TestTools.Signal();
        var finish = TestTools.Signal();
        var run = scope.CreateLock("k").RunExclusiveAsync(async _ =>
        {
            entered.SetResult();
            await finish.Task;
            return 1;
        });
        await entered.Task.Soon();
        await scope.DisposeAsync().Soon();

        var other = await new Lock(CancellationToken.None, new LockOptions { Key = "k", Provider = provider }).TryAcquireAsync();
        finish.SetResult();
        var error = await run.Error();
        Assert.That(other is null || error is not null, "two ran under the key at the same time, and neither was told");
    }
}
