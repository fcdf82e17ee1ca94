namespace GoGoScope.Testing;

/// <summary>A guard releases once, its own grant only, and never throws.</summary>
public abstract class ReleaseContract<THarness> : LockProviderContract<THarness> where THarness : LockProviderHarness, new()
{
    [Test]
    public async Task Disposing_again_frees_nobody_elses_hold()
    {
        var stale = await NewLock().AcquireAsync().Soon();
        var copy = stale;
        await stale.DisposeAsync();
        await using var holder = await NewLock().AcquireAsync().Soon();
        await stale.DisposeAsync();
        await copy.DisposeAsync();
        Assert.That(holder.IsHeld);
        Assert.That(stale.IsHeld || copy.IsHeld, Is.False);
        Assert.That(await NewLock().TryAcquireAsync().Soon(), Is.Null);
    }

    [Test]
    public async Task Disposing_again_wakes_nobody_twice()
    {
        var stale = await NewLock().AcquireAsync().Soon();
        var second = await Queue(NewLock());
        var third = await Queue(NewLock());
        await stale.DisposeAsync();
        await stale.DisposeAsync();
        var guard = await second.Soon();
        await stale.DisposeAsync();
        Assert.That(third.IsCompleted, Is.False);
        await guard.DisposeAsync();
        await (await third.Soon()).DisposeAsync();
    }

    [Test]
    public async Task A_reader_that_is_disposed_twice_counts_once()
    {
        var twice = await NewLock().AcquireReadAsync().Soon();
        var other = await NewLock().AcquireReadAsync().Soon();
        await twice.DisposeAsync();
        await twice.DisposeAsync();
        Assert.That(await NewLock().TryAcquireAsync().Soon(), Is.Null, "the other reader is still there");
        Assert.That(other.IsHeld);
        await other.DisposeAsync();
    }

    [Test]
    public async Task Disposing_concurrently_releases_once()
    {
        for (var round = 0; round < 200; round++)
        {
            var guard = await NewLock().AcquireAsync().Soon();
            var next = await Queue(NewLock());
            var last = await Queue(NewLock());
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () => await guard.DisposeAsync()))).Soon();
            var turn = await next.Soon();
            Assert.That(last.IsCompleted, Is.False, $"round {round}: two were let in");
            await turn.DisposeAsync();
            await (await last.Soon()).DisposeAsync();
        }
    }

    [Test]
    public async Task Disposing_after_the_lease_was_lost_harms_nobody()
    {
        var lease = new LockOptions { TimeToLive = Harness.Moment, AutoRenew = false };
        var stale = await NewLock(options: lease).AcquireAsync().Soon();
        var next = await Queue(NewLock(), mayBeGranted: true);
        await Harness.PassAsync(Harness.Moment);
        await using var holder = await next.Soon();
        await stale.DisposeAsync();
        await stale.DisposeAsync();
        Assert.That(holder.IsHeld);
        Assert.That(await NewLock().TryAcquireAsync().Soon(), Is.Null);
    }

    [Test]
    public async Task A_stale_guard_can_neither_renew_nor_read_somebody_elses_hold()
    {
        var stale = await NewLock(options: new LockOptions { Owner = "stale" }).AcquireAsync().Soon();
        await stale.DisposeAsync();
        await using var holder = await NewLock(options: new LockOptions { Owner = "holder" }).AcquireAsync().Soon();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(stale.IsHeld, Is.False);
            Assert.That(() => stale.Key, Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => stale.Owner, Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => stale.Mode, Throws.TypeOf<ObjectDisposedException>());
            Assert.That(stale.ThrowIfLost, Throws.TypeOf<ObjectDisposedException>());
            await Assert.ThatAsync(async () => await stale.RenewAsync(Harness.Moment), Throws.TypeOf<ObjectDisposedException>());
        }
        await Harness.PassAsync(Harness.Moment * 2);
        Assert.That(holder.IsHeld, "the stale guard gave it no lease that ends");
    }

    [Test]
    public async Task A_guard_may_be_released_by_another_thread_than_the_one_that_acquired()
    {
        var guard = await NewLock().AcquireAsync().Soon();
        await Task.Run(async () => await guard.DisposeAsync()).Soon();
        await using var next = await NewLock().TryAcquireAsync().Soon();
        Assert.That(next, Is.Not.Null);
    }

    [Test]
    public async Task Acquire_and_release_of_a_free_lock_complete_synchronously()
    {
        Needs(LockCapability.Synchronous);
        var acquiring = NewLock().AcquireAsync();
        Assert.That(acquiring.IsCompletedSuccessfully);
        var releasing = (await acquiring).DisposeAsync();
        Assert.That(releasing.IsCompletedSuccessfully);
        await releasing;
    }
}
