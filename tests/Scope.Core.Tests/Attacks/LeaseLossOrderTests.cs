using GoGoScope.Tests.Scopes;
using ManualTimeProvider = GoGoScope.Testing.ManualTimeProvider;

namespace GoGoScope.Tests.Attacks;

public sealed class LeaseLossOrderTests
{
    [Test]
    public async Task A_callback_of_the_lost_token_that_blocks_does_not_keep_the_scope_from_being_cancelled()
    {
        var time = new ManualTimeProvider();
        using var release = new ManualResetEventSlim();
        var scope = Scope.Create(new ScopeOptions { TimeProvider = time, LockProvider = new InMemoryLockProvider() });
        var cancelled = TestTools.Signal();
        scope.Token.Register(() => cancelled.TrySetResult());
        var @lock = scope.CreateLock("k", new LockOptions { AutoRenew = false, TimeToLive = TimeSpan.FromSeconds(1), OnLost = LeaseLossAction.CancelScope });
        var guard = await @lock.AcquireAsync();
        guard.LostToken.Register(() => release.Wait());
        time.Advance(TimeSpan.FromSeconds(1));
        var inTime = await Task.WhenAny(cancelled.Task, Task.Delay(TestTools.Hang)) == cancelled.Task;
        release.Set();
        await scope.DisposeAsync().Error();
        Assert.That(inTime, "the scope was not told while a callback of the guard's token ran");
    }
}
