namespace GoGoScope.Testing;

/// <summary>A process that is killed or stopped while it holds a lock: the lease ends when it ends, and nobody is harmed.</summary>
public abstract class ProcessDeathContract<THarness> : ProcessContract<THarness> where THarness : ProcessHarness, new()
{
    // Long enough for the test to look at the record before it ends, on a busy machine, too.
    private static readonly TimeSpan Lifetime = Brief * 3;

    private static readonly TimeSpan SubSecond = TimeSpan.FromMilliseconds(300);
    private const long TensOfMilliseconds = 50_000;
    private const int FewestRounds = 3;
    private const int MostRounds = 25;
    private const int MostDeaths = 10;

    /// <summary>Never early. A busy machine may be late, but not each time.</summary>
    [Test]
    public async Task The_lock_of_a_killed_process_is_granted_when_its_lease_has_ended_and_not_before([Values(LockMode.Exclusive, LockMode.Read)] LockMode mode)
    {
        // Who waits looks at the end of the lease, and not now and then.
        var provider = await OpenAsync(new LeaseOptions { SafetyPoll = TimeSpan.FromHours(1) });
        var lateness = long.MaxValue;
        for (var round = 0; round == 0 || (round < MostDeaths && lateness > TensOfMilliseconds); round++)
        {
            var (_, dead) = await HoldAsync(worker => worker.KillAsync(), mode);
            await using var guard = await NewLock(provider).AcquireAsync().Soon();
            var granted = await Probe.NowAsync();
            Assert.That(granted, Is.GreaterThanOrEqualTo(dead.ExpiresAt), "by the store's clock");
            Assert.That(guard.FencingToken, Is.GreaterThan(dead.Token));
            lateness = Math.Min(lateness, granted - dead.ExpiresAt);
        }
        Assert.That(lateness, Is.AtMost(TensOfMilliseconds), "how late the next one was, in microseconds, at best");
    }

    [Test]
    public async Task A_try_is_refused_until_the_lease_of_a_killed_process_has_ended()
    {
        var provider = await OpenAsync();
        var (_, dead) = await HoldAsync(worker => worker.KillAsync());
        LockGuard? granted = null;
        // Each try is later than the time that was read before it, so a grant that comes too early shows itself.
        await Waiting.Until(async () => (granted = await NewLock(provider).TryAcquireAsync()) is not null, "a try is granted");
        Assert.That(await Probe.NowAsync(), Is.GreaterThanOrEqualTo(dead.ExpiresAt));
        await granted!.Value.DisposeAsync();
    }

    /// <summary>Never early. A busy machine may be late, but not each time.</summary>
    [Test]
    public async Task A_lease_of_less_than_a_second_ends_when_it_should_to_tens_of_milliseconds()
    {
        var store = new FaultyLockStore(await OpenStoreAsync());
        var (provider, other) = (Keep(new LeasedLockProvider(store, new LeaseOptions { ReleaseTimeout = Brief })), await OpenAsync());
        var (length, lateness) = (long.MaxValue, long.MaxValue);
        for (var round = 0; round < FewestRounds || (round < MostRounds && Math.Max(length, lateness) > TensOfMilliseconds); round++)
        {
            var (key, before) = ($"{Key}:{round}", await Probe.NowAsync());
            if (await HoldBrieflyAsync(key) is not var (ends, record)) continue;
            var end = record.Holders.Single().ExpiresAt;
            await using var next = await NewLock(other, key: key).AcquireAsync().Soon();
            var granted = await Probe.NowAsync();
            Assert.That(granted, Is.GreaterThanOrEqualTo(end), "by the store's clock");
            Assert.That(ends.IsHeld, Is.False);
            // It was granted in between.
            var full = (long)SubSecond.TotalMicroseconds;
            length = Math.Min(length, Math.Max(Math.Abs(end - before - full), Math.Abs(end - record.Now - full)));
            lateness = Math.Min(lateness, granted - end);
            store.Outage = StoreOutage.None;
        }
        Assert.That(length, Is.AtMost(TensOfMilliseconds), "how far it was from its length, in microseconds, at best");
        Assert.That(lateness, Is.AtMost(TensOfMilliseconds), "how late the next one was, in microseconds, at best");

        // Null if the machine was too slow for that.
        async Task<(LockGuard Guard, ProbedRecord Record)?> HoldBrieflyAsync(string key)
        {
            try
            {
                var guard = await NewLock(provider, SubSecond, autoRenew: false, key).AcquireAsync().Soon();
                // As of now it can't let go of it either, which it does when it has lost it, a moment before the store takes it for ended.
                store.Outage = StoreOutage.Refuses;
                if (await Probe.LookAsync(key) is { Holders.Count: 1 } record) return (guard, record);
            }
            catch (LockProviderException)
            {
                // It was over before the news of it came.
            }
            store.Outage = StoreOutage.None;
            return null;
        }
    }

    [Test]
    public async Task A_process_that_was_stopped_for_longer_than_its_lease_hears_so_and_harms_nobody()
    {
        var (provider, third) = (await OpenAsync(), await OpenAsync());
        var resource = new FencedResource();
        var (worker, lease) = await HoldAsync(worker => worker.StopAsync());
        var stale = lease.Token;
        Assert.That(resource.Write(stale));
        await using var guard = await NewLock(provider).AcquireAsync().Soon();
        Assert.That(await Probe.NowAsync(), Is.GreaterThanOrEqualTo(lease.ExpiresAt));
        Assert.That(resource.Write(guard.FencingToken));

        await worker.ContinueAsync();
        await worker.LostAsync("it").Soon();
        Assert.That(await worker.IsHeldAsync("it"), Is.False);
        Assert.That(resource.Write(stale), Is.False, "the resource refuses the stale token");
        await worker.ReleaseAsync("it").Soon();
        Assert.That(await NewLock(third).TryAcquireAsync().Soon(), Is.Null, "the late release has freed nothing");
        Assert.That(guard.IsHeld);
        Assert.That((await Probe.LookAsync(Key)).Holders.Single().Token, Is.EqualTo(guard.FencingToken));
    }

    private Task<(WorkerProcess Worker, ProbedHolder Lease)> HoldAsync(Func<WorkerProcess, Task> endAsync, LockMode mode = LockMode.Exclusive) => HoldAsync(
        worker => worker.AcquireAsync("it", Key, new WorkerRequest { Mode = mode, TimeToLive = Lifetime }), endAsync);
}
