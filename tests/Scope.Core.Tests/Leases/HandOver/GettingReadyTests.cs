using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>Before a process stands in a queue it listens and says that it lives. That may take its time, or fail, while all else can be done.</summary>
public sealed class GettingReadyTests : HandOverFixture
{
    private TaskCompletionSource _watches = null!;
    private CountedStore _way = null!;
    private LeasedLockProvider _process = null!;
    private Scope _here = null!;
    private Scope _there = null!;

    [SetUp]
    public void Open()
    {
        _watches = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _way = new CountedStore(Time, Store);
        _process = new LeasedLockProvider(_way, Options with { TimeProvider = Time, ClockDrift = 0 });
        _here = Scope.Create(new ScopeOptions { LockProvider = _process, TimeProvider = Time });
        _there = Scope.Create(new ScopeOptions { LockProvider = There, TimeProvider = Time });
    }

    [TearDown]
    public async Task Close()
    {
        _way.WatchesWaitFor = null;
        _watches.TrySetResult();
        await _here.DisposeAsync();
        await _there.DisposeAsync();
        await _process.DisposeAsync();
    }

    [Test]
    public async Task A_lease_is_renewed_and_released_while_somebody_else_here_gets_ready_to_wait()
    {
        var semaphore = _here.CreateSemaphore(Key, 2, Of(TimeSpan.FromSeconds(3)));
        var guard = await semaphore.AcquireAsync();
        await using var theirs = await _there.CreateSemaphore(Key, 2).AcquireAsync();
        _way.WatchesWaitFor = _watches.Task;
        var waiting = semaphore.AcquireAsync().AsTask();
        await PassAsync(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(0.5));
        Assert.That(guard.IsHeld, "after 4 s, with a time to live of 3 s");

        await guard.DisposeAsync().AsTask().Soon();
        await (await waiting.Soon()).DisposeAsync();
        Assert.That(_watches.Task.IsCompleted, Is.False, "nobody has waited for that");
    }

    [Test]
    public async Task A_failure_of_before_is_nobodys_once_the_process_is_heard_of_again()
    {
        await _process.GetReadyToWaitAsync();
        _way.Failure = new IOException("unplugged");
        await PassAsync(Options.Liveness * 2, TimeSpan.FromSeconds(1));
        await Assert.ThatAsync(() => _process.GetReadyToWaitAsync(), Throws.Exception, "nobody has heard of it for too long");
        _way.Failure = null;
        await PassAsync(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(0.5));
        await _process.GetReadyToWaitAsync().Soon();
    }

    [Test]
    public async Task A_short_lease_is_kept_while_getting_ready_fails_again_and_again()
    {
        var semaphore = _here.CreateSemaphore(Key, 2, Of(TimeSpan.FromMilliseconds(300)));
        var guard = await semaphore.AcquireAsync();
        await using var theirs = await _there.CreateSemaphore(Key, 2).AcquireAsync();
        _way.WatchesWaitFor = Task.FromException(new IOException("nobody may listen"));
        var waiting = semaphore.AcquireAsync().AsTask();
        await PassAsync(TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(10));
        Assert.That((guard.IsHeld, waiting.IsCompleted), Is.EqualTo((true, false)));
        _way.WatchesWaitFor = null;
        await ReleaseAsync(guard);
        await (await waiting.Soon()).DisposeAsync();
    }

    [Test]
    public async Task Whoever_cannot_get_ready_is_told_why_although_other_things_were_done_meanwhile()
    {
        var semaphore = _here.CreateSemaphore(Key, 2, Of(TimeSpan.FromSeconds(3)));
        var guard = await semaphore.AcquireAsync();
        await using var theirs = await _there.CreateSemaphore(Key, 2).AcquireAsync();
        _way.WatchesWaitFor = _watches.Task;
        var waiting = semaphore.AcquireAsync().AsTask();
        await PassAsync(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(0.5));
        await Assert.ThatAsync(() => waiting.Soon(), Throws.TypeOf<LockProviderException>().With.InnerException.TypeOf<TimeoutException>());
        Assert.That(guard.IsHeld);
        await ReleaseAsync(guard);
    }

    [Test]
    public async Task Who_does_not_want_to_wait_is_answered_while_others_get_ready_to()
    {
        await using var theirs = await _there.AcquireWriteLockAsync(Key);
        _way.WatchesWaitFor = _watches.Task;
        var waiting = _here.AcquireReadLockAsync(Key).AsTask();
        Assert.That(await _here.TryAcquireReadLockAsync(Key).AsTask().Soon(), Is.Null);
        Assert.That((waiting.IsCompleted, _watches.Task.IsCompleted), Is.EqualTo((false, false)));
    }

    [Test]
    public async Task A_lease_is_made_to_end_earlier_while_others_get_ready_to_wait()
    {
        var semaphore = _here.CreateSemaphore(Key, 2, Of(TimeSpan.FromSeconds(30)) with { AutoRenew = false });
        await using var guard = await semaphore.AcquireAsync();
        await using var theirs = await _there.CreateSemaphore(Key, 2).AcquireAsync();
        _way.WatchesWaitFor = _watches.Task;
        var waiting = semaphore.AcquireAsync().AsTask();
        await guard.RenewAsync(TimeSpan.FromSeconds(10)).AsTask().Soon();
        Assert.That((guard.IsHeld, waiting.IsCompleted), Is.EqualTo((true, false)));
    }

    /// <summary>It pauses after a failure, and goes on with the clock.</summary>
    private async Task ReleaseAsync(SemaphoreGuard guard)
    {
        var released = guard.DisposeAsync().AsTask();
        Time.Advance(TimeSpan.FromSeconds(1));
        await released.Soon();
    }

    private async Task PassAsync(TimeSpan time, TimeSpan step)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            Time.Advance(step);
            await Waiting.Until(() => _process.IsQuiet, "nothing else is to be done");
        }
    }

    private static SemaphoreOptions Of(TimeSpan timeToLive) => new() { TimeToLive = timeToLive };
}
