namespace GoGoScope.Testing;

/// <summary>The end of a lock, of its scope, or of the token that it lives by.</summary>
public abstract class LifetimeContract<THarness> : LockProviderContract<THarness> where THarness : LockProviderHarness, new()
{
    [Test]
    public async Task A_waiter_leaves_when_the_locks_lifetime_ends([Values] RequestForm form)
    {
        var holder = await NewLock().AcquireAsync().Soon();
        using var lifetime = new CancellationTokenSource();
        var leaving = await Queue(NewLock(lifetime: lifetime.Token), form, new AcquireOptions { Timeout = Harness.LongTime });
        var staying = await Queue(NewLock());
        await lifetime.CancelAsync();
        await Assert.ThatAsync(async () => await leaving.Soon(), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Waiters(), Has.Count.EqualTo(1));
        await holder.DisposeAsync();
        await (await staying.Soon()).DisposeAsync();
    }

    [Test]
    public async Task Waiters_fail_when_their_lock_is_disposed_and_holders_stay([Values] RequestForm form)
    {
        var @lock = NewLock();
        var holder = await @lock.AcquireAsync().Soon();
        var waiting = await Queue(@lock, form, new AcquireOptions { Timeout = Harness.LongTime });
        var elsewhere = await Queue(NewLock());
        await @lock.DisposeAsync().Soon();
        await Assert.ThatAsync(async () => await waiting.Soon(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(holder.IsHeld);
        Assert.That(elsewhere.IsCompleted, Is.False, "another lock of the same key waits on");
        await holder.DisposeAsync();
        await (await elsewhere.Soon()).DisposeAsync();
    }

    [Test]
    public async Task Acquire_after_dispose_throws([Values] RequestForm form)
    {
        var @lock = NewLock();
        await @lock.DisposeAsync().Soon();
        await @lock.DisposeAsync().Soon();
        await Assert.ThatAsync(async () => await form.Start(@lock, new AcquireOptions()).Soon(), Throws.TypeOf<ObjectDisposedException>());
        await Assert.ThatAsync(async () => await @lock.RunExclusiveAsync(_ => Task.CompletedTask).Soon(), Throws.TypeOf<ObjectDisposedException>());
        await Assert.ThatAsync(async () => await @lock.InvokeExclusiveAsync(() => { }).Soon(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(Holders(), Is.Empty);
    }

    [Test]
    public async Task Disposing_a_lock_that_races_a_grant_has_exactly_one_outcome()
    {
        for (var round = 0; round < 500; round++)
        {
            var leaving = NewLock();
            var holder = await NewLock().AcquireAsync().Soon();
            var waiting = await Queue(leaving);
            await Task.WhenAll(Task.Run(async () => await holder.DisposeAsync()), Task.Run(async () => await leaving.DisposeAsync())).Soon();
            try
            {
                await (await waiting.Soon()).DisposeAsync();
            }
            catch (ObjectDisposedException)
            {
            }
            await (await NewLock().AcquireAsync().Soon()).DisposeAsync();
        }
    }

    [Test]
    public async Task A_waiter_leaves_when_its_scope_is_cancelled([Values] bool throughALock)
    {
        await using var holder = await NewLock().AcquireAsync().Soon();
        var scope = NewScope();
        var waiting = throughALock
            ? scope.CreateLock(Key).AcquireAsync().AsTask()
            : scope.AcquireLockAsync(Key).AsTask();
        await Waiting.Until(() => Waiters().Count == 1, "the scope waits");
        scope.Cancel("enough");
        await Assert.ThatAsync(async () => await waiting.Soon(), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Waiters(), Is.Empty);
        await scope.DisposeAsync().Soon();
    }

    [Test]
    public async Task The_end_of_a_scope_releases_what_was_left_undisposed()
    {
        var scope = NewScope();
        var left = await scope.AcquireLockAsync(Key).Soon();
        var alsoLeft = await scope.CreateLock(Harness.NewKey()).AcquireReadAsync().Soon();
        var next = await Queue(NewLock());
        await scope.DisposeAsync().Soon();
        await (await next.Soon()).DisposeAsync();
        Assert.That(left.IsHeld || alsoLeft.IsHeld, Is.False);
        await left.DisposeAsync();
    }

    [Test]
    public async Task Two_scopes_that_lock_the_same_key_exclude_each_other()
    {
        await using var one = NewScope();
        await using var other = NewScope();
        await using (await one.AcquireLockAsync(Key).Soon())
        {
            Assert.That(await other.TryAcquireLockAsync(Key).Soon(), Is.Null);
            Assert.That(await other.TryAcquireReadLockAsync(Key).Soon(), Is.Null);
            Assert.That(await other.TryAcquireWriteLockAsync(Key).Soon(), Is.Null);
        }
        await using (await one.AcquireReadLockAsync(Key).Soon())
        await using (await other.AcquireReadLockAsync(Key).Soon())
        {
            Assert.That(Holders(), Has.Count.EqualTo(2));
        }
        await using var writer = await other.AcquireWriteLockAsync(Key).Soon();
        Assert.That(writer.Mode, Is.EqualTo(LockMode.Exclusive));
    }

    [Test]
    public async Task A_scopes_helpers_take_a_wait_from_options_and_a_lone_TimeSpan_as_the_lease()
    {
        await using var scope = NewScope();
        var once = new AcquireOptions { Timeout = TimeSpan.Zero };
        await using (await scope.AcquireLockAsync(Key, Harness.LongTime).Soon())
        {
            await Assert.ThatAsync(async () => await scope.AcquireLockAsync(Key, once).Soon(), Throws.TypeOf<LockTimeoutException>());
            await Assert.ThatAsync(async () => await scope.AcquireReadLockAsync(Key, Harness.LongTime, once).Soon(), Throws.TypeOf<LockTimeoutException>());
            await Assert.ThatAsync(async () => await scope.AcquireWriteLockAsync(Key, Harness.LongTime, once).Soon(), Throws.TypeOf<LockTimeoutException>());
            Assert.That(await scope.TryAcquireLockAsync(Key, Harness.LongTime).Soon(), Is.Null, "a time to live, so this is one try");
            Assert.That(await scope.TryAcquireReadLockAsync(Key, Harness.LongTime, once).Soon(), Is.Null);
            Assert.That(await scope.TryAcquireWriteLockAsync(Key, once).Soon(), Is.Null);
        }
    }

    private Scope NewScope() => Scope.Create(new ScopeOptions { LockProvider = Harness.Provider, TimeProvider = Harness.Time });
}
