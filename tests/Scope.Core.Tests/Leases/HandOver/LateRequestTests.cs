using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>A request whose fate is not known may still take effect, when nobody wants it any more.</summary>
public sealed class LateRequestTests : HandOverFixture
{
    [Test]
    public async Task A_grant_to_somebody_who_has_given_up_is_found_and_taken_out()
    {
        var deliverAsync = Store.Detain();
        using var impatience = new CancellationTokenSource();
        var taking = LockOf(Here).AcquireAsync(impatience.Token).AsTask();
        await QuietAsync();
        await impatience.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => taking);
        var calls = Store.Calls;
        Time.Advance(TimeSpan.FromSeconds(1));
        await Waiting.Until(() => Store.Calls > calls, "it has looked at what became of its request");
        await QuietAsync();

        await deliverAsync();
        Assert.That(Store.RecordOf(Key).Holders.Length, Is.EqualTo(1), "a holder that nobody knows of");
        Time.Advance(Options.StoreTimeout);
        await Waiting.Until(() => Store.RecordOf(Key).IsFree, "it looks again when that can have no effect any more");
        Assert.That(Here.Snapshot(), Is.Empty);
    }

    [Test]
    public async Task A_request_that_comes_after_its_time_has_no_effect()
    {
        var deliverAsync = Store.Detain();
        var taking = Take(Here);
        await QuietAsync();
        Time.Advance(TimeSpan.FromSeconds(1));
        var guard = await taking.Soon();
        await ReleaseAsync(guard);
        await PassAsync(Options.StoreTimeout);
        await deliverAsync();
        Assert.That(Store.RecordOf(Key).IsFree);
    }
}
