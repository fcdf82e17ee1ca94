using GoGoScope.Testing;

namespace GoGoScope.Tests.Locks;

/// <summary>A lock without a key, which has an entry of its own: the same rules, without a provider.</summary>
public sealed class AnonymousLockTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(10);

    [Test]
    public async Task It_has_no_key_and_excludes()
    {
        var @lock = Locks.New();
        Assert.That(@lock.Key, Is.Null);
        await using var guard = await @lock.AcquireAsync();
        Assert.That(guard.Key, Is.Null);
        Assert.That(guard.Owner, Is.Not.Empty);
        Assert.That(await @lock.TryAcquireAsync(), Is.Null);
        Assert.That(await @lock.TryAcquireReadAsync(), Is.Null);
        await using var other = await Locks.New().TryAcquireAsync();
        Assert.That(other, Is.Not.Null, "every one is a lock of its own");
    }

    [Test]
    public async Task A_cancelled_token_takes_no_lock_without_a_key([Values] bool inScope)
    {
        await using var scope = Scope.Create();
        var @lock = inScope ? scope.CreateLock() : Locks.New();
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThatAsync(async () => await @lock.AcquireAsync(cancelled),
            Throws.InstanceOf<OperationCanceledException>().With.Property(nameof(OperationCanceledException.CancellationToken)).EqualTo(cancelled));
        await using var guard = await @lock.TryAcquireAsync();
        Assert.That(guard, Is.Not.Null);
    }

    [TestCase(2)]
    [TestCase(3)]
    [TestCase(100)]
    public async Task Waiters_are_served_in_order(int waiters)
    {
        var @lock = Locks.New();
        var holder = await @lock.AcquireAsync();
        var waiting = Enumerable.Range(0, waiters).Select(_ => @lock.AcquireAsync().AsTask()).ToList();
        await holder.DisposeAsync();
        for (var i = 0; i < waiters; i++)
        {
            var turn = await waiting[i].Soon();
            Assert.That(waiting.Skip(i + 1).Any(w => w.IsCompleted), Is.False);
            await turn.DisposeAsync();
        }
    }

    [Test]
    public async Task Higher_priority_goes_first_and_a_low_one_is_passed_over_only_so_often()
    {
        var @lock = Locks.New();
        var turn = await @lock.AcquireAsync();
        var low = @lock.AcquireAsync(new AcquireOptions { Priority = -1 }).AsTask();
        for (var i = 0; i < Lock.MaxPassedOver; i++)
        {
            var high = @lock.AcquireAsync(new AcquireOptions { Priority = 1 }).AsTask();
            await turn.DisposeAsync();
            turn = await high.Soon();
        }
        var late = @lock.AcquireAsync(new AcquireOptions { Priority = 1 }).AsTask();
        await turn.DisposeAsync();
        await (await low.Soon()).DisposeAsync();
        await (await late.Soon()).DisposeAsync();
    }

    [Test]
    public async Task Readers_share_and_a_waiting_writer_is_not_starved()
    {
        var @lock = Locks.New();
        var first = await @lock.AcquireReadAsync();
        var second = await @lock.AcquireReadAsync();
        var writer = @lock.AcquireWriteAsync().AsTask();
        var third = @lock.AcquireReadAsync().AsTask();
        Assert.That(await @lock.TryAcquireReadAsync(), Is.Null);
        await first.DisposeAsync();
        await first.DisposeAsync();
        Assert.That(writer.IsCompleted, Is.False);
        await second.DisposeAsync();
        var writing = await writer.Soon();
        Assert.That(third.IsCompleted, Is.False);
        await writing.DisposeAsync();
        await (await third.Soon()).DisposeAsync();
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public async Task Any_reader_keeps_writers_out_after_the_others_have_left(int last)
    {
        var @lock = Locks.New();
        var readers = new List<LockGuard>();
        for (var i = 0; i < 3; i++) readers.Add(await @lock.AcquireReadAsync());
        for (var i = 0; i < 3; i++)
        {
            if (i == last) continue;
            await readers[i].DisposeAsync();
            Assert.That(await @lock.TryAcquireAsync(), Is.Null);
        }
        var writer = @lock.AcquireAsync().AsTask();
        await readers[last].DisposeAsync();
        await (await writer.Soon()).DisposeAsync();
    }

    [Test]
    public async Task A_try_of_a_taken_lock_is_answered_before_the_call_returns([Values] bool keyed)
    {
        var @lock = keyed ? Locks.Keyed("taken") : Locks.New();
        await using var holder = await @lock.AcquireAsync();
        Assert.That(@lock.TryAcquireAsync().Now(), Is.Null);
        Assert.That(@lock.TryAcquireReadAsync(TimeSpan.Zero).Now(), Is.Null);
        Assert.That(() => @lock.AcquireAsync(TimeSpan.Zero).Now(), Throws.TypeOf<LockTimeoutException>());
    }

    [Test]
    public async Task Waits_end_by_time_by_token_and_with_the_lock()
    {
        var time = new ManualTimeProvider();
        var @lock = Locks.New(time);
        var holder = await @lock.AcquireAsync();
        using var cancel = new CancellationTokenSource();
        var timed = @lock.AcquireAsync(Moment).AsTask();
        var cancelled = @lock.AcquireAsync(cancel.Token).AsTask();
        var failing = @lock.AcquireReadAsync().AsTask();
        time.Advance(Moment);
        var error = await Assert.ThrowsAsync<LockTimeoutException>(() => timed.Soon());
        Assert.That(error!.Key, Is.Null);
        Assert.That(error.Message, Does.Contain("without a key").And.Contain("10 s"));
        await cancel.CancelAsync();
        await Assert.ThatAsync(() => cancelled.Soon(), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(failing.IsCompleted, Is.False);
        await @lock.DisposeAsync();
        await Assert.ThatAsync(() => failing.Soon(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(holder.IsHeld, "disposing a lock leaves its holder alone");
        await holder.DisposeAsync();
        await Assert.ThatAsync(async () => await @lock.AcquireAsync(), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task Its_lifetime_ends_its_waits()
    {
        using var lifetime = new CancellationTokenSource();
        var @lock = new Lock(lifetime.Token);
        await using var holder = await @lock.AcquireAsync();
        var waiting = @lock.AcquireAsync().AsTask();
        await lifetime.CancelAsync();
        await Assert.ThatAsync(() => waiting.Soon(), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Its_lease_ends_and_a_waiter_goes_on()
    {
        var time = new ManualTimeProvider();
        var @lock = new Lock(CancellationToken.None, new LockOptions { TimeProvider = time, TimeToLive = Moment, AutoRenew = false });
        var lease = await @lock.AcquireAsync();
        var next = @lock.AcquireAsync().AsTask();
        time.Advance(Moment - TimeSpan.FromMilliseconds(1));
        Assert.That(lease.IsHeld && !next.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await using var guard = await next.Soon();
        Assert.That(lease.ThrowIfLost, Throws.TypeOf<LeaseLostException>());
        await Waiting.Until(() => lease.LostToken.IsCancellationRequested, "the holder hears of it");
        await lease.DisposeAsync();
        Assert.That(guard.IsHeld);
    }

    [Test]
    public async Task A_waits_deadline_and_registrations_are_withdrawn_with_the_grant()
    {
        var time = new ManualTimeProvider();
        var @lock = Locks.New(time);
        var queue = DeadlineQueue.For(time);
        using var cancel = new CancellationTokenSource();
        for (var i = 0; i < 100; i++)
        {
            var holder = await @lock.AcquireAsync();
            var waiting = @lock.AcquireAsync(Moment, cancel.Token).AsTask();
            Assert.That(queue.Count, Is.EqualTo(1));
            await holder.DisposeAsync();
            await (await waiting.Soon()).DisposeAsync();
            Assert.That(queue.Count, Is.Zero);
        }
        await cancel.CancelAsync();
        time.Advance(Moment);
        await using var free = await @lock.TryAcquireAsync();
        Assert.That(free, Is.Not.Null);
    }

    [Test]
    public async Task A_wait_that_ends_without_the_lock_leaves_no_deadline_and_no_registration([Values] bool keyed, [Values] bool timesOut)
    {
        var time = new ManualTimeProvider();
        var @lock = new Lock(CancellationToken.None, new LockOptions { TimeProvider = time, Key = keyed ? "left" : null, Provider = new InMemoryLockProvider() });
        var queue = DeadlineQueue.For(time);
        using var caller = new CancellationTokenSource();
        await using var holder = await @lock.AcquireAsync();
        var registered = Registrations.Of(@lock.Lifetime);
        for (var i = 0; i < 100; i++)
        {
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(caller.Token);
            var waiting = @lock.AcquireAsync(Moment, timesOut ? caller.Token : cancel.Token).AsTask();
            Assert.That((queue.Count, Registrations.Of(timesOut ? caller.Token : cancel.Token)), Is.EqualTo((1, timesOut ? 2 : 1)));
            if (timesOut) time.Advance(Moment);
            else await cancel.CancelAsync();
            await Assert.ThatAsync(() => waiting.Soon(), timesOut ? Throws.TypeOf<LockTimeoutException>() : Throws.InstanceOf<OperationCanceledException>());
            Assert.That((queue.Count, Registrations.Of(@lock.Lifetime)), Is.EqualTo((0, registered)));
            Assert.That((Registrations.Of(caller.Token), Registrations.Of(cancel.Token)), Is.EqualTo((1, 0)), "the one that links the two is left");
        }
    }

    [Test]
    public async Task The_late_release_of_a_lost_lease_leaves_those_who_read_now_alone([Values] bool keyed)
    {
        var time = new ManualTimeProvider();
        var @lock = new Lock(CancellationToken.None, new LockOptions
        {
            TimeProvider = time,
            TimeToLive = Moment,
            AutoRenew = false,
            Key = keyed ? "late" : null,
            Provider = new InMemoryLockProvider(),
        });
        var lost = await @lock.AcquireReadAsync();
        time.Advance(Moment);
        var first = await @lock.AcquireReadAsync();
        var second = await @lock.AcquireReadAsync();
        await lost.DisposeAsync();
        await first.DisposeAsync();
        Assert.That(second.IsHeld);
        Assert.That(await @lock.TryAcquireAsync(), Is.Null);
        await second.DisposeAsync();
        await using var free = await @lock.TryAcquireAsync();
        Assert.That(free, Is.Not.Null);
    }

    [Test]
    public async Task After_a_lost_lease_the_next_grant_has_the_locks_options_too()
    {
        var time = new ManualTimeProvider();
        var @lock = new Lock(CancellationToken.None, new LockOptions { TimeProvider = time, TimeToLive = Moment, AutoRenew = false, Owner = "lessee" });
        for (var i = 0; i < 3; i++)
        {
            var lease = await @lock.AcquireAsync();
            Assert.That(lease.Owner, Is.EqualTo("lessee"));
            time.Advance(Moment);
            Assert.That(lease.IsHeld, Is.False, $"the end of lease {i}");
        }
        await using var free = await @lock.TryAcquireAsync();
        Assert.That(free, Is.Not.Null);
    }
}
