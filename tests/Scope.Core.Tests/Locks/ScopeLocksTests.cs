using GoGoScope.Testing;

namespace GoGoScope.Tests.Locks;

/// <summary>What a scope does with the guards that were taken through it, by whichever way.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ScopeLocksTests
{
    private readonly InMemoryLockProvider _provider = new();

    public enum Way { Helper, KeyedLock, LockWithoutAKey }

    [Test]
    public async Task A_guard_left_undisposed_is_held_while_children_run_and_released_at_the_end([Values] Way way, [Values(LockMode.Exclusive, LockMode.Read)] LockMode mode)
    {
        var left = new List<LockGuard>();
        var heldByTheChild = false;
        await Scope.RunAsync(async s =>
        {
            var (take, _) = Through(s, way, mode);
            left.Add(await take());
            if (mode == LockMode.Read) left.Add(await take());
            var bodyEnds = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            s.Run(async _ =>
            {
                await bodyEnds.Task;
                heldByTheChild = left.All(guard => guard.IsHeld);
            });
            bodyEnds.SetResult();
        }, Options).Soon();

        Assert.That(heldByTheChild);
        Assert.That(left.Any(guard => guard.IsHeld), Is.False);
        Assert.That(_provider.EntryCount, Is.Zero);
    }

    [TestCase(Way.KeyedLock)]
    [TestCase(Way.LockWithoutAKey)]
    public async Task A_guard_of_a_lock_that_was_disposed_is_released_at_the_end_too(Way way)
    {
        var s = Scope.Create(Options);
        var (take, @lock) = Through(s, way);
        var guard = await take();
        await @lock!.DisposeAsync();
        Assert.That(guard.IsHeld);
        await s.DisposeAsync().Soon();
        Assert.That(guard.IsHeld, Is.False);
    }

    [Test]
    public async Task A_lost_lease_only_signals_unless_more_was_asked_for([Values] LeaseLossAction action)
    {
        var time = new ManualTimeProvider();
        var s = Scope.Create(Options with { TimeProvider = time });
        var lease = await s.CreateLock("key", new LockOptions { TimeToLive = TimeSpan.FromSeconds(1), AutoRenew = false, OnLost = action }).AcquireAsync();
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(lease.IsHeld, Is.False);
        Assert.That(s.Token.IsCancellationRequested, Is.EqualTo(action == LeaseLossAction.CancelScope));
        await s.DisposeAsync().Soon();
    }

    [Test]
    public async Task A_guard_that_is_released_under_running_children_is_reported([Values] Way way, [Values] bool contended)
    {
        await using var s = Scope.Create(Options);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (take, _) = Through(s, way);
        s.Run(_ => release.Task);
        var guard = await take();
        s.Run(_ => release.Task);
        var next = contended ? take() : null;

        await guard.DisposeAsync();
        var dump = s.Dump();
        release.SetResult();
        Assert.That(dump, Does.Contain("was released while children that were started under it still run: #2."));
        if (next is not null) await (await next.Soon()).DisposeAsync();
    }

    private ScopeOptions Options => new() { LockProvider = _provider };

    private static (Func<Task<LockGuard>> Take, Lock? Lock) Through(Scope s, Way way, LockMode mode = LockMode.Exclusive)
    {
        if (way == Way.Helper) return (() => mode == LockMode.Read ? s.AcquireReadLockAsync("key").AsTask() : s.AcquireLockAsync("key").AsTask(), null);
        var @lock = way == Way.KeyedLock ? s.CreateLock("key") : s.CreateLock();
        return (() => @lock.Acquire(mode).AsTask(), @lock);
    }
}
