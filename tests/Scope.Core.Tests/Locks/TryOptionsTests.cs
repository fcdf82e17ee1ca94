using GoGoScope.Testing;

namespace GoGoScope.Tests.Locks;

/// <summary>What only tries does not wait because it has options: it waits if they say for how long.</summary>
[TestFixture]
public sealed class TryOptionsTests
{
    private static readonly AcquireOptions Urgent = new() { Priority = 1 };
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Test]
    public async Task Of_a_scope_and_its_keys()
    {
        await using var s = Scope.Create();
        await using var guard = await s.AcquireLockAsync("key");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await s.TryAcquireLockAsync("key", Urgent).Soon(), Is.Null);
            Assert.That(await s.TryAcquireLockAsync("key", Lease, Urgent).Soon(), Is.Null);
            Assert.That(await s.TryAcquireReadLockAsync("key", Urgent).Soon(), Is.Null);
            Assert.That(await s.TryAcquireReadLockAsync("key", Lease, Urgent).Soon(), Is.Null);
            Assert.That(await s.TryAcquireWriteLockAsync("key", Urgent).Soon(), Is.Null);
            Assert.That(await s.TryAcquireWriteLockAsync("key", Lease, Urgent).Soon(), Is.Null);
            Assert.That(await s.TryAcquireLocksAsync(["other", "key"], Urgent).Soon(), Is.Null);
            Assert.That(await s.TryAcquireLocksAsync(["other", "key"], Lease, Urgent).Soon(), Is.Null);
        }
    }

    [Test]
    public async Task Of_locks_semaphores_and_pools()
    {
        await using var s = Scope.Create();
        var (orders, stock, seats) = (s.CreateLock(), s.CreateLock(), s.CreateSemaphore(2));
        var pool = s.CreatePool(_ => Task.FromResult(new object()), new PoolOptions<object> { Max = 1 });
        await using var held = await orders.AcquireAsync();
        await using var taken = await seats.AcquireAsync(2);
        await using var lent = await pool.AcquireAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await orders.TryAcquireAsync(Urgent).Soon(), Is.Null);
            Assert.That(await Lock.TryAcquireAllAsync([stock, orders], Urgent).Soon(), Is.Null);
            Assert.That(await seats.TryAcquireAsync(Urgent).Soon(), Is.Null);
            Assert.That(await seats.TryAcquireAsync(2, Urgent).Soon(), Is.Null);
            Assert.That(await pool.TryAcquireAsync(Urgent).Soon(), Is.Null);
        }
    }

    [Test]
    public async Task They_wait_as_long_as_their_options_say()
    {
        await using var s = Scope.Create();
        var guard = await s.AcquireLockAsync("key");
        var trying = s.TryAcquireLockAsync("key", new AcquireOptions { Timeout = Timeout.InfiniteTimeSpan }).AsTask();
        Assert.That(trying.IsCompleted, Is.False);
        await guard.DisposeAsync();
        await using var next = await trying.Soon();
        Assert.That(next, Is.Not.Null);
    }
}
