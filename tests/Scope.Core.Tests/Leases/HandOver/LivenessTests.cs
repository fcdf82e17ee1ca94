using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>Those who wait in a process that has died do not hold up the others.</summary>
public sealed class LivenessTests : HandOverFixture
{
    [Test]
    public async Task A_dead_process_at_the_head_of_the_queue_is_skipped_and_a_living_one_is_not()
    {
        var connection = new CountedStore(Time, Store);
        var mortal = await OpenAsync(connection);
        var guard = await Take(Here);
        var dead = await QueueAsync(mortal);
        var living = await QueueAsync(There);

        connection.Failure = new IOException("dead");
        Assert.That(Store.RecordOf(Key).Waiters.Length, Is.EqualTo(2));
        await PassAsync(Options.Liveness / 2);
        await PassAsync(Options.Liveness / 2);
        await ReleaseAsync(guard);
        await ReleaseAsync(await living.Soon());
        Assert.That((Store.RecordOf(Key).IsFree, dead.IsCompleted), Is.EqualTo((true, false)));

        // It was only cut off, and comes back.
        connection.Failure = null;
        // Step by step: what it sends while the clock is moved must not be late for that.
        await OverAsync(dead);
        await ReleaseAsync(await dead);
    }

    [Test]
    public async Task Whoever_was_cut_off_for_long_is_known_to_live_before_it_waits_again()
    {
        var connection = new CountedStore(Time, Store);
        var back = await OpenAsync(connection);
        connection.Failure = new IOException("away");
        await OutliveAsync();
        Assert.That(await IsAliveAsync(back), Is.False);
        connection.Failure = null;

        var guard = await Take(Here);
        var waiting = await QueueAsync(back);
        Assert.That(await IsAliveAsync(back));
        await ReleaseAsync(guard);
        await ReleaseAsync(await waiting.Soon());
    }

    [Test]
    public async Task Whoever_was_taken_for_dead_and_is_back_keeps_its_place()
    {
        var connection = new CountedStore(Time, Store);
        var back = await OpenAsync(connection);
        var guard = await Take(Here);
        var first = await QueueAsync(back);
        connection.Failure = new IOException("away");
        await OutliveAsync();
        var second = await QueueAsync(There);
        Assert.That(Store.RecordOf(Key).Waiters.Length, Is.EqualTo(1), "the first one is taken for dead");
        connection.Failure = null;
        await PassAsync(TimeSpan.FromSeconds(1));
        There.Look();
        await QuietAsync();
        Assert.That(Store.RecordOf(Key).Waiters.Length, Is.EqualTo(2));
        await ReleaseAsync(guard);
        await ReleaseAsync(await second.Soon());
        await ReleaseAsync(await first.Soon());
    }

    [Test]
    public async Task Whoever_is_so_slow_that_it_never_counts_as_alive_waits_all_the_same()
    {
        var way = new FaultyLockStore(Store, faults: null, Time);
        var slow = new LeasedLockProvider(way, Options with { TimeProvider = Time, ClockDrift = 0, Liveness = TimeSpan.FromSeconds(1.3) });
        await slow.GetReadyToWaitAsync();
        var guard = await Take(Here);
        way.Faults = new Delays(TimeSpan.FromSeconds(0.6));
        var waiting = Take(slow);
        await DeliverAsync(() => Store.RecordOf(Key).Waiters.Length > 0);
        await guard.DisposeAsync();
        await DeliverAsync(() => waiting.IsCompleted);
        var disposed = (await waiting).DisposeAsync().AsTask();
        await DeliverAsync(() => disposed.IsCompleted);
        way.Faults = null;
        await slow.DisposeAsync();

        // Moves the clock on to where a request or an answer that is on its way arrives, or to the next thing that is due if there is none.
        async Task DeliverAsync(Func<bool> isDone)
        {
            for (var arrived = 0; !isDone();)
            {
                Assert.That(arrived, Is.LessThan(100), "it says again and again that it lives");
                if (Time.UntilNextTimer is not { } next || way.UnderWay < Busy() || (way.UnderWay > 0 && next > TimeSpan.FromSeconds(0.6)))
                {
                    await Task.Yield();
                    continue;
                }
                arrived++;
                Time.Advance(next);
            }
        }

        // How many have something on its way, or are about to: a beat that is due must not find that the clock has gone on without it.
        int Busy() => (slow.Liveness.IsIdle ? 0 : 1) + (slow.AgentOf(Key) is { IsIdle: false } ? 1 : 0);
    }

    [Test]
    public async Task One_heartbeat_that_gets_no_answer_makes_nobody_dead()
    {
        var way = new FaultyLockStore(Store, faults: null, Time);
        await using var process = new LeasedLockProvider(way, Options with { TimeProvider = Time, ClockDrift = 0 });
        await process.GetReadyToWaitAsync();
        var begun = Time.GetUtcNow();
        var losing = new Losing();
        way.Faults = losing;
        Time.Advance(Options.Liveness / 3 + TimeSpan.FromMilliseconds(1));
        await Waiting.Until(() => losing.Calls == 1, "the heartbeat is sent");
        way.Faults = null;
        Time.Advance(Options.StoreTimeout);
        await Waiting.Until(() => process.IsQuiet, "it has failed");
        for (var left = Options.Liveness + TimeSpan.FromMilliseconds(1) - (Time.GetUtcNow() - begun); left > TimeSpan.Zero; left -= TimeSpan.FromMilliseconds(100))
        {
            Time.Advance(TimeSpan.FromMilliseconds(100));
            await Waiting.Until(() => process.IsQuiet, "it is quiet");
        }
        Assert.That(await IsAliveAsync(process));
    }

    [Test]
    public async Task Whoever_can_never_say_in_time_that_it_lives_is_told_so()
    {
        var way = new FaultyLockStore(Store, faults: null, Time);
        var slow = new LeasedLockProvider(way, Options with { TimeProvider = Time, ClockDrift = 0, Liveness = TimeSpan.FromSeconds(1.3) });
        await slow.GetReadyToWaitAsync();
        var guard = await Take(Here);
        way.Faults = new Delays(TimeSpan.FromSeconds(1.5));
        var waiting = Take(slow);
        await DeliverAsync(() => waiting.IsCompleted);
        Assert.That(async () => await waiting, Throws.TypeOf<LockProviderException>().With.Message.Contains("the Liveness of 1.3 s"));
        way.Faults = null;
        var disposed = slow.DisposeAsync().AsTask();
        await DeliverAsync(() => disposed.IsCompleted);
        await guard.DisposeAsync();

        Task DeliverAsync(Func<bool> isDone) => Waiting.Until(() =>
        {
            if (way.UnderWay > 0 || slow.IsQuiet) Time.Advance(TimeSpan.FromMilliseconds(100));
            return isDone();
        }, "it is delivered");
    }

    [Test]
    public async Task A_renewal_that_makes_room_grants_nothing_to_the_dead()
    {
        var connection = new CountedStore(Time, Store);
        var mortal = await OpenAsync(connection);
        await using var here = Scope.Create(new ScopeOptions { LockProvider = Here, TimeProvider = Time });
        await using var there = Scope.Create(new ScopeOptions { LockProvider = mortal, TimeProvider = Time });
        await using var alive = await here.CreateSemaphore(Key, 2).AcquireAsync();
        await there.CreateSemaphore(Key, 2).AcquireAsync();
        var waiting = there.CreateSemaphore(Key, 2).AcquireAsync().AsTask();
        await QuietAsync();
        Assert.That((Store.RecordOf(Key).Holders.Length, Store.RecordOf(Key).Waiters.Length), Is.EqualTo((2, 1)));

        connection.Failure = new IOException("dead");
        for (var i = 0; i < 10; i++) await PassAsync(TimeSpan.FromSeconds(5));
        Assert.That((Store.RecordOf(Key).Holders.Length, Store.RecordOf(Key).Waiters.Length), Is.EqualTo((1, 0)));
        connection.Failure = null;
        await OverAsync(waiting);
    }

    [Test]
    public void A_heartbeat_can_be_read_by_people_and_back()
    {
        var body = Heartbeat.Write(until: 1_767_225_600_000_001);
        Assert.That(body, Does.StartWith("{\"aliveUntil\":\"2026-01-01T00:00:00.000001Z\",\"owner\":\""));
        Assert.That(IsAlive(body, 1_767_225_600_000_000), Is.True);
        Assert.That(IsAlive(body, 1_767_225_600_000_001), Is.False);
        Assert.That(IsAlive("", 0), Is.False, "there is none");
        Assert.That(IsAlive("what a newer version writes", 0), Is.True);
    }

    /// <summary>So long that whoever is cut off is taken for dead.</summary>
    private async Task OutliveAsync()
    {
        for (var passed = TimeSpan.Zero; passed <= Options.Liveness; passed += TimeSpan.FromSeconds(1)) await PassAsync(TimeSpan.FromSeconds(1));
    }

    private async Task<bool> IsAliveAsync(LeasedLockProvider provider) => Heartbeat.IsAlive(await Store.ReadAsync($"process:{provider.Process}", CancellationToken.None));

    private sealed class Losing : IStoreFaults
    {
        private int _calls;

        internal int Calls => Volatile.Read(ref _calls);

        public CallFault OnCall(in StoreCall request)
        {
            Interlocked.Increment(ref _calls);
            return new() { LosesRequest = true };
        }

        public NewsFault OnNews(string key) => default;
    }

    private sealed class Delays(TimeSpan delay) : IStoreFaults
    {
        public CallFault OnCall(in StoreCall request) => new() { RequestDelay = delay, ReplyDelay = delay };

        public NewsFault OnNews(string key) => default;
    }

    private static bool IsAlive(string body, long now) => Heartbeat.IsAlive(new StoredRecord(Version: 1, Fence: 1, body, now));
}
