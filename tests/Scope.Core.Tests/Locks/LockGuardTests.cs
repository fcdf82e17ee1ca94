using GoGoScope.Testing;

namespace GoGoScope.Tests.Locks;

/// <summary>A guard is a small value; whatever is done with copies of it, it stands for one grant.</summary>
public sealed class LockGuardTests
{
    [Test]
    public async Task Default_is_a_guard_that_was_disposed()
    {
        var guard = default(LockGuard);
        await guard.DisposeAsync();
        guard.DisposeAsync().Now();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(guard.IsHeld, Is.False);
            Assert.That(guard.FencingToken, Is.Zero);
            Assert.That(guard.LostToken, Is.EqualTo(CancellationToken.None));
            Assert.That(guard.ToString(), Is.EqualTo("released"));
            Assert.That(() => guard.Key, Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => guard.Owner, Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => guard.Mode, Throws.TypeOf<ObjectDisposedException>());
            Assert.That(guard.ThrowIfLost, Throws.TypeOf<ObjectDisposedException>());
            await Assert.ThatAsync(async () => await guard.RenewAsync(TimeSpan.FromSeconds(1)), Throws.TypeOf<ObjectDisposedException>());
        }
    }

    [Test]
    public async Task Copies_are_the_same_guard()
    {
        var @lock = Locks.New();
        var guard = await @lock.AcquireAsync();
        var copy = guard;
        object boxed = guard;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(copy, Is.EqualTo(guard));
            Assert.That(copy == guard);
            Assert.That(copy != guard, Is.False);
            Assert.That(boxed.Equals(copy));
            Assert.That(boxed.GetHashCode(), Is.EqualTo(guard.GetHashCode()));
            Assert.That(guard.Equals((object)"another"), Is.False);
        }
        await copy.DisposeAsync();
        Assert.That(guard.IsHeld, Is.False);
        Assert.That(copy, Is.EqualTo(guard), "released or not, they are the same");
    }

    [Test]
    public async Task Guards_of_different_grants_differ()
    {
        var @lock = Locks.New();
        var first = await @lock.AcquireAsync();
        await first.DisposeAsync();
        await using var second = await @lock.AcquireAsync();
        Assert.That(second, Is.Not.EqualTo(first));
        Assert.That(first == second, Is.False);
        await using var reader = await Locks.New().AcquireReadAsync();
        Assert.That(reader, Is.Not.EqualTo(second));
        Assert.That(default(LockGuard), Is.Not.EqualTo(second));
    }

    [Test]
    public async Task A_stale_guard_stays_stale_however_often_the_lock_is_granted_again([Values] bool keyed)
    {
        var @lock = keyed ? Locks.Keyed("stale") : Locks.New();
        var stale = new List<LockGuard>();
        for (var i = 0; i < 500; i++)
        {
            var guard = i % 3 == 0 ? await @lock.AcquireReadAsync() : await @lock.AcquireAsync();
            foreach (var old in stale.TakeLast(5))
            {
                await old.DisposeAsync();
                Assert.That(old.IsHeld, Is.False);
            }
            Assert.That(guard.IsHeld);
            await guard.DisposeAsync();
            stale.Add(guard);
        }
        Assert.That(stale.Select(g => g.FencingToken), Is.Ordered.And.Unique);
    }

    [Test]
    public async Task A_guard_that_was_granted_is_not_lost()
    {
        var guard = await Locks.New().AcquireAsync();
        var lost = guard.LostToken;
        Assert.That(lost.IsCancellationRequested, Is.False);
        Assert.That(guard.ThrowIfLost, Throws.Nothing);
        await guard.DisposeAsync();
        Assert.That(lost.IsCancellationRequested, Is.False);
        Assert.That(guard.LostToken.IsCancellationRequested, Is.False);
        Assert.That(guard.ThrowIfLost, Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task It_reads_well_in_every_form()
    {
        var @lock = Locks.Keyed("form");
        await using (var guard = await @lock.AcquireAsync())
        {
            Assert.That(guard.ToString(), Does.Contain("form").And.Contain("Exclusive").And.Contain($"{guard.FencingToken}"));
        }
        await using (await @lock.AcquireReadAsync())
        {
            if (await @lock.TryAcquireAsync() is { }) Assert.Fail("a reader holds it");
        }
        if (await @lock.TryAcquireAsync() is { } free)
        {
            await free.DisposeAsync();
            Assert.That(free.ToString(), Does.StartWith("released"));
        }
        else
        {
            Assert.Fail("it is free");
        }
    }
}
