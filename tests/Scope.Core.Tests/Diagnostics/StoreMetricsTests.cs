using GoGoScope.Testing;
using GoGoScope.Tests.Leases.HandOver;

namespace GoGoScope.Tests.Diagnostics;

/// <summary>What metrics say of locks over a store. Alone, as meters count for all of a process.</summary>
[NonParallelizable]
public sealed class StoreMetricsTests : HandOverFixture
{
    private Collected _collected = null!;

    [SetUp]
    public void Listen() => _collected = new Collected();

    [TearDown]
    public void StopListening() => _collected.Dispose();

    private (string Tag, string Value) Provider => ("gogoscope.provider", Store.Name);

    [Test]
    public async Task A_free_lock_is_two_round_trips_and_one_hold()
    {
        var guard = await Take(Here, new LockOptions { TimeProvider = Time });
        await PassAsync(TimeSpan.FromSeconds(2));
        await ReleaseAsync(guard);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_collected.Histogram("gogoscope.store.operation.duration", Provider, ("gogoscope.store.operation", "swap")).Count, Is.EqualTo(2));
            Assert.That(_collected.Sum("gogoscope.lock.acquisitions", Provider, ("gogoscope.outcome", "granted")), Is.EqualTo(1));
            Assert.That(_collected.Histogram("gogoscope.lock.hold.duration", Provider), Is.EqualTo((1, 2.0)));
            Assert.That(_collected.Histogram("gogoscope.lock.wait.duration", Provider).Count, Is.EqualTo(1), "the store was asked");
            Assert.That(_collected.Sum("gogoscope.lock.contentions", Provider), Is.Zero, "and had nobody else");
            Assert.That(_collected.Sum("gogoscope.lock.waiters", Provider), Is.Zero);
        }
    }

    [Test]
    public async Task Who_waits_for_another_process_and_who_is_handed_the_key_by_its_own()
    {
        var first = await Take(Here);
        var here = new[] { await QueueAsync(Here), await QueueAsync(Here) };
        Assert.That(_collected.Sum("gogoscope.lock.waiters", Provider), Is.EqualTo(2));
        await ReleaseAsync(first);
        await ReleaseAsync(await here[0]);
        var last = await here[1];
        Assert.That(_collected.Sum("gogoscope.lock.local_handovers", Provider), Is.EqualTo(2));

        var there = await QueueAsync(There);
        await PassAsync(TimeSpan.FromSeconds(1));
        await ReleaseAsync(last);
        await ReleaseAsync(await there);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_collected.Sum("gogoscope.lock.contentions", Provider), Is.EqualTo(3));
            Assert.That(_collected.Sum("gogoscope.lock.local_handovers", Provider), Is.EqualTo(2), "another process's grant is none");
            Assert.That(_collected.Sum("gogoscope.lock.acquisitions", Provider, ("gogoscope.outcome", "granted")), Is.EqualTo(4));
            Assert.That(_collected.Histogram("gogoscope.lock.hold.duration", Provider).Count, Is.EqualTo(4));
            Assert.That(_collected.Sum("gogoscope.lock.waiters", Provider), Is.Zero);
        }
    }

    [Test]
    public async Task Renewals_are_counted_as_they_come_out_and_so_is_a_lease_that_is_lost()
    {
        var guard = await Take(Here, new LockOptions { TimeToLive = TimeSpan.FromSeconds(30) });
        await PassAsync(TimeSpan.FromSeconds(10));
        await Waiting.Until(() => Renewals("renewed") == 1, "the renewal is told");
        Assert.That(_collected.Histogram("gogoscope.store.operation.duration", Provider, ("gogoscope.store.operation", "swap_many")).Count, Is.EqualTo(1));

        Store.Failure = new IOException("unplugged");
        for (var i = 0; i < 31; i++) await PassAsync(TimeSpan.FromSeconds(1));
        await Waiting.Until(() => !guard.IsHeld, "the lease is lost");
        await Waiting.Until(() => Renewals("failed") > 0, "the failure is told");
        Assert.That(_collected.Histogram("gogoscope.store.operation.duration", Provider, ("error.type", "System.IO.IOException")).Count, Is.Positive);
        await LossesAsync(1);
        await Waiting.Until(() => _collected.Histogram("gogoscope.lock.hold.duration", Provider).Count == 1, "the hold is told");
        Store.Failure = null;
        await guard.DisposeAsync();

        var other = await Take(There, new LockOptions { TimeToLive = TimeSpan.FromSeconds(30) });
        Store.Forget(Key);
        await PassAsync(TimeSpan.FromSeconds(11));
        Assert.That(Renewals("lost"), Is.LessThanOrEqualTo(1), "what is found out by the answer need not be asked for again");
        Assert.That(other.IsHeld, Is.False);
        await LossesAsync(2);

        Task LossesAsync(int count) => Waiting.Until(() => _collected.Sum("gogoscope.lease.losses", Provider) == count, "the loss is told");

        long Renewals(string outcome) => _collected.Sum("gogoscope.lease.renewals", Provider, ("gogoscope.outcome", outcome));
    }

    [Test]
    public async Task A_store_that_fails_makes_a_request_fail_and_a_key_that_is_taken_a_try_time_out()
    {
        Store.Failure = new IOException("unplugged");
        var failing = Take(Here);
        for (var i = 0; i < 6 && !failing.IsCompleted; i++) await PassAsync(TimeSpan.FromSeconds(1));
        await Assert.ThatAsync(async () => await failing.Soon(), Throws.TypeOf<LockProviderException>());
        Store.Failure = null;
        await PassAsync(TimeSpan.FromSeconds(1));
        await using var held = await Take(There);
        Assert.That(await LockOf(Here).TryAcquireAsync().Soon(), Is.Null);
        Assert.That(_collected.Sum("gogoscope.lock.acquisitions", Provider, ("gogoscope.outcome", "failed")), Is.EqualTo(1));
        Assert.That(_collected.Sum("gogoscope.lock.acquisitions", Provider, ("gogoscope.outcome", "timeout")), Is.EqualTo(1));
    }

    [Test]
    public async Task A_listing_is_a_round_trip_for_each_page_and_lasts_as_long_as_the_store_takes_for_them()
    {
        var store = new PagedStore(Time, ["a", "b"], ["c", "d"], []);
        await using var provider = new LeasedLockProvider(store, Options with { TimeProvider = Time });
        var keys = new List<string>();
        await using (var listing = provider.InspectAllAsync().GetAsyncEnumerator())
        {
            while (await NextAsync(store, listing))
            {
                keys.Add(listing.Current.Key);
                Time.Advance(TimeSpan.FromMinutes(1));
            }
        }
        Assert.That(keys, Is.EqualTo(["a", "b", "c", "d"]));
        Assert.That(Listings(), Is.EqualTo((3, 3.0)), "and not as long as whoever reads");
    }

    [TestCase("System.IO.IOException", 1)]
    [TestCase("System.TimeoutException", 6)]
    public async Task A_listing_that_fails_says_how(string type, int seconds)
    {
        var store = new PagedStore(Time, ["a"]) { Takes = TimeSpan.FromSeconds(seconds), Failure = new IOException("unplugged") };
        await using var provider = new LeasedLockProvider(store, Options with { TimeProvider = Time });
        await using var listing = provider.InspectAllAsync().GetAsyncEnumerator();
        await Assert.ThatAsync(() => NextAsync(store, listing), Throws.TypeOf<LockProviderException>());
        Assert.That(Listings(("error.type", type)).Count, Is.EqualTo(1));
    }

    [Test]
    public async Task No_metric_has_a_key_for_a_tag()
    {
        var first = await Take(Here);
        var second = await QueueAsync(There);
        await ReleaseAsync(first);
        await ReleaseAsync(await second);
        var values = _collected.Metrics.SelectMany(metric => metric.MetricPoints).SelectMany(point => Collected.TagsOf(point).Values).ToList();
        Assert.That(values, Is.Not.Empty);
        Assert.That(values.Distinct(), Is.SubsetOf([Store.Name, "exclusive", "granted", "swap", "swap_many", "read", "watch"]));
    }

    private (long Count, double Sum) Listings(params (string, string)[] tags) =>
        _collected.Histogram("gogoscope.store.operation.duration", [("gogoscope.provider", PagedStore.ItsName), ("gogoscope.store.operation", "list"), .. tags]);

    /// <summary>The next item; as late as the store takes, if that has to be asked.</summary>
    private async Task<bool> NextAsync(PagedStore store, IAsyncEnumerator<LockInspection> listing)
    {
        var next = listing.MoveNextAsync().AsTask();
        if (!next.IsCompleted) Time.Advance(store.Takes);
        return await next.Soon();
    }
}
