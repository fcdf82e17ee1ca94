using GoGoScope.Testing;

namespace GoGoScope.Tests.Attacks;

/// <summary>A clock and a name are the application's: what is wrong with them is the request's own matter.</summary>
public sealed class LeasedBrokenClockTests
{
    [Test]
    public async Task A_wait_whose_timer_cannot_be_made_leaves_no_ghost_in_the_queue()
    {
        var store = new InMemoryLockStore();
        await using var provider = new LeasedLockProvider(store);
        await using var broken = new Lock(CancellationToken.None, new LockOptions { Key = "k", Provider = provider, TimeProvider = new Broken() });
        await using var fine = new Lock(CancellationToken.None, new LockOptions { Key = "k", Provider = provider });

        var holder = await fine.AcquireAsync();
        Assert.Catch<NotSupportedException>(() => broken.AcquireAsync(TimeSpan.FromSeconds(1)).AsTask().GetAwaiter().GetResult());
        await holder.DisposeAsync();
        await Waiting.Until(() => provider.IsQuiet, "it is quiet");

        var record = await store.ReadAsync("lock:k", CancellationToken.None);
        Assert.That(record.IsFree, "a request that failed was granted the key: " + record.Body);
    }

    [Test]
    public async Task A_clock_that_fails_once_while_the_store_is_away_does_not_silence_the_key()
    {
        var time = new OnceBroken(new ManualTimeProvider());
        var store = new FaultyLockStore(new InMemoryLockStore(time), time: time);
        var provider = new LeasedLockProvider(store, new LeaseOptions { TimeProvider = time });
        var @lock = new Lock(CancellationToken.None, new LockOptions { Key = "k", Provider = provider });
        await (await @lock.AcquireAsync()).DisposeAsync();

        store.Outage = StoreOutage.Refuses;
        time.Breaks = true;
        var first = @lock.AcquireAsync().AsTask();
        await Waiting.Until(() => !time.Breaks, "the clock was asked");
        store.Outage = StoreOutage.None;
        var second = @lock.AcquireAsync().AsTask();
        // It pauses by another clock, and may do so by this one after that.
        await Waiting.Until(
            () =>
            {
                time.Inner.Advance(TimeSpan.FromMilliseconds(1));
                return first.IsCompleted;
            },
            "it is decided");
        await (await first.Soon()).DisposeAsync();
        await (await second.Soon()).DisposeAsync();
        var disposed = provider.DisposeAsync().AsTask();
        await Waiting.Until(
            () =>
            {
                time.Inner.Advance(TimeSpan.FromSeconds(1));
                return disposed.IsCompleted;
            },
            "the request that failed can have no effect any more");
        await disposed;
    }

    [Test]
    public async Task A_timer_that_cannot_be_set_once_keeps_the_key_from_nobody([Values] bool waits)
    {
        var time = new OnceBroken(new ManualTimeProvider());
        var store = new InMemoryLockStore(time);
        var elsewhere = new LeasedLockProvider(store, new LeaseOptions { TimeProvider = time.Inner });
        var provider = new LeasedLockProvider(store, new LeaseOptions { TimeProvider = time });
        // Whose first renewal comes before all else that is due.
        var @lock = new Lock(CancellationToken.None, new LockOptions { Key = "k", Provider = provider, TimeToLive = TimeSpan.FromSeconds(3) });
        await provider.GetReadyToWaitAsync();

        var theirs = waits ? await new Lock(CancellationToken.None, new LockOptions { Key = "k", Provider = elsewhere }).AcquireAsync() : default;
        var waiting = waits ? @lock.AcquireAsync().AsTask() : null;
        await Waiting.Until(() => provider.IsQuiet, "it waits");
        time.BreaksChange = true;
        await theirs.DisposeAsync();
        var guard = await (waiting ?? @lock.AcquireAsync().AsTask()).Soon();
        Assert.That(time.BreaksChange, Is.False, "it was to be set");
        await guard.DisposeAsync().AsTask().Soon();
        await (await @lock.AcquireAsync().AsTask().Soon()).DisposeAsync();
        await provider.DisposeAsync();
        await elsewhere.DisposeAsync();
    }

    [Test]
    public async Task An_owner_with_half_a_character_gets_the_key_and_harms_nobody()
    {
        var store = new InMemoryLockStore();
        await using var provider = new LeasedLockProvider(store);
        await using var odd = new Lock(CancellationToken.None, new LockOptions { Key = "k", Provider = provider, Owner = "\ud800 half" });
        await using var fine = new Lock(CancellationToken.None, new LockOptions { Key = "k", Provider = provider, Owner = new string('x', 100_000) + "\0\"\\\u2028" });
        var guard = await odd.AcquireAsync().Soon();
        var waiting = fine.AcquireAsync().AsTask();
        await guard.DisposeAsync();
        await (await waiting.Soon()).DisposeAsync();
    }

    private sealed class Broken : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            throw new NotSupportedException("no timers today");
    }

    private sealed class OnceBroken(ManualTimeProvider inner) : TimeProvider
    {
        internal ManualTimeProvider Inner => inner;

        internal volatile bool Breaks;
        internal volatile bool BreaksChange;

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override long GetTimestamp() => inner.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (!Breaks) return new Timer(this, inner.CreateTimer(callback, state, dueTime, period));
            Breaks = false;
            throw new NotSupportedException("not now");
        }

        private sealed class Timer(OnceBroken clock, ITimer inner) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                if (!clock.BreaksChange) return inner.Change(dueTime, period);
                clock.BreaksChange = false;
                throw new NotSupportedException("not now");
            }

            public void Dispose() => inner.Dispose();

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}
