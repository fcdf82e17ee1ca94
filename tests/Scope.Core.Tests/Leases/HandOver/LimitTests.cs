using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>What is handed on has its limits.</summary>
public sealed class LimitTests : HandOverFixture
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    protected override LeaseOptions Options => base.Options with { MaxWaiters = 2, LocalTurn = TimeSpan.FromHours(1) };

    [Test]
    public async Task Too_many_who_wait_here_are_refused()
    {
        var guard = await Take(Here);
        var waiting = new[] { await QueueAsync(Here), await QueueAsync(Here) };
        var error = await Assert.ThrowsAsync<LockProviderException>(() => Take(Here).Soon());
        Assert.That(error!.Message, Does.Contain("2 wait for it already (LeaseOptions.MaxWaiters)"));
        await ReleaseAsync(guard);
        foreach (var next in waiting) await ReleaseAsync(await next.Soon());
    }

    [Test]
    public async Task A_store_that_can_only_be_read_fails_a_request_after_its_time_out()
    {
        Store.SwapFailure = new IOException("read-only");
        var taking = Take(Here);
        for (var passed = TimeSpan.Zero; passed < Options.StoreTimeout + TimeSpan.FromSeconds(1); passed += TimeSpan.FromMilliseconds(500))
        {
            await QuietAsync();
            var swaps = Store.Swaps;
            Time.Advance(TimeSpan.FromMilliseconds(500));
            await Waiting.Until(() => Store.Swaps > swaps || taking.IsCompleted, "it is tried again");
        }
        var error = await Assert.ThrowsAsync<LockProviderException>(() => taking.Soon());
        Assert.That((error!.Key, error.InnerException), Is.EqualTo((Key, Store.SwapFailure)));
        Store.SwapFailure = null;
    }

    [Test]
    public async Task A_lease_that_is_nearly_over_is_not_handed_on()
    {
        var first = await Take(Here);
        var (second, third) = (await QueueAsync(Here), await QueueAsync(Here));
        await ReleaseAsync(first);
        var guard = await second.Soon();

        Store.Failure = new IOException("away");
        await PassAsync(Options.DefaultTimeToLive / 2 + TimeSpan.FromSeconds(1));
        Assert.That(guard.IsHeld);
        var released = guard.DisposeAsync().AsTask();
        Assert.That(Here.Snapshot().Where(key => key.Holders.Count > 0), Is.Empty, "less than half of its lease would be left to it");
        await QuietAsync();

        Store.Failure = null;
        Time.Advance(TimeSpan.FromSeconds(1));
        await ReleaseAsync(await third.Soon());
        await released;
    }

    [Test]
    public async Task Who_waits_for_a_guard_of_its_process_waits_for_the_store_only_from_when_that_is_gone([Values] bool isReleased)
    {
        var guard = await Take(Here);
        var waiting = await QueueAsync(Here);
        Store.Failure = new IOException("away");
        await PassInStepsAsync(isReleased ? Options.DefaultTimeToLive / 2 + TimeSpan.FromSeconds(1) : Options.DefaultTimeToLive - Step);
        Assert.That(guard.IsHeld);
        var released = isReleased ? guard.DisposeAsync().AsTask() : PassAsync(Step);
        Assert.That(guard.IsHeld, Is.False);

        await PassInStepsAsync(Options.StoreTimeout - Step);
        Assert.That(waiting.IsCompleted, Is.False);
        await PassAsync(Step);
        await Assert.ThatAsync(() => waiting.Soon(), Throws.TypeOf<LockProviderException>().With.InnerException.EqualTo(Store.Failure));
        await released.Soon();
    }

    [Test]
    public async Task Whose_place_in_the_queue_of_the_store_is_gone_waits_for_the_store_only_from_then()
    {
        var way = new CountedStore(Time, Store);
        var process = await OpenAsync(way);
        var guard = await Take(There);
        var waiting = await QueueAsync(process);
        way.Failure = new IOException("away");
        await PassInStepsAsync(Options.Liveness + TimeSpan.FromSeconds(1));
        await ReleaseAsync(guard);
        Assert.That(Store.RecordOf(Key).IsFree, "who is not heard of has no place in the queue");

        (way.Failure, way.SwapFailure) = (null, new IOException("read-only"));
        await PassInStepsAsync(Options.StoreTimeout - Step);
        Assert.That(waiting.IsCompleted, Is.False);
        await PassInStepsAsync(Step * 2);
        await Assert.ThatAsync(() => waiting.Soon(), Throws.TypeOf<LockProviderException>().With.InnerException.EqualTo(way.SwapFailure));
        way.SwapFailure = null;
    }

    private async Task PassInStepsAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += Step) await PassAsync(Step);
    }
}
