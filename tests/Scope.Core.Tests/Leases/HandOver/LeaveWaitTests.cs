using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>What a guard that is released waits for: that its lease leaves the store, and nobody else.</summary>
public sealed class LeaveWaitTests : HandOverFixture
{
    protected override LeaseOptions Options => new() { LocalTurn = TimeSpan.FromMinutes(1) };

    [Test]
    public async Task It_does_not_wait_for_whoever_takes_its_lease_meanwhile()
    {
        var held = await HeldWithTokensAsync();
        var renewed = new TaskCompletionSource();
        Store.BatchesWaitFor = renewed.Task;
        Time.Advance(Options.DefaultTimeToLive / 3);
        await Waiting.Until(() => Store.Batches == 1, "the lease is being renewed");

        var released = held.DisposeAsync().AsTask();
        Assert.That(released.IsCompleted, Is.False, "the store is busy with the renewal");
        var next = Take(Here);
        Assert.That(next.IsCompleted, "the lease is free and lasts");
        await released.Soon();

        renewed.SetResult();
        await ReleaseAsync(await next);
        Assert.That(Store.RecordOf(Key).IsFree);
    }

    [Test]
    public async Task It_waits_no_longer_than_it_may_and_the_release_goes_on()
    {
        var held = await Take(Here);
        Store.Failure = new IOException("away");
        var released = held.DisposeAsync().AsTask();
        await PassAsync(Options.ReleaseTimeout - TimeSpan.FromTicks(1));
        Assert.That(released.IsCompleted, Is.False);
        Time.Advance(TimeSpan.FromTicks(1));
        await released.Soon();

        Store.Failure = null;
        await PassAsync(TimeSpan.FromSeconds(1));
        Assert.That(Store.RecordOf(Key).IsFree);
    }

    /// <summary>A guard whose lease has tokens for others of its process, for which nobody waits any more.</summary>
    private async Task<LockGuard> HeldWithTokensAsync()
    {
        var first = await Take(Here);
        var second = await QueueAsync(Here);
        await ReleaseAsync(first);
        return await second.Soon();
    }
}
