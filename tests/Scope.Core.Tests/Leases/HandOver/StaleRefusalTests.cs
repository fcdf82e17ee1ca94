using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>A queue that was full is asked again before anybody is refused.</summary>
public sealed class StaleRefusalTests : HandOverFixture
{
    protected override LeaseOptions Options => base.Options with { MaxWaiters = 1 };

    [Test]
    public async Task A_queue_that_was_full_and_is_not_any_more_takes_whoever_comes()
    {
        var third = await OpenAsync();
        var guard = await Take(There);
        var waiting = await QueueAsync(third);
        var error = await Assert.ThrowsAsync<LockProviderException>(() => Take(Here).Soon());
        Assert.That(error!.Message, Does.Contain("wait for it already"));

        await ReleaseAsync(guard);
        await ReleaseAsync(await waiting.Soon());
        Assert.That(Store.RecordOf(Key).IsFree);
        await ReleaseAsync(await Take(Here).Soon());
    }
}
