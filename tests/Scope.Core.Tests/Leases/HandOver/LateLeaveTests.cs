using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>A lease that was to leave the store, and it is not known whether it has: that may still come true.</summary>
public sealed class LateLeaveTests : HandOverFixture
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    protected override LeaseOptions Options => base.Options with { Linger = Linger, LocalTurn = TimeSpan.FromMinutes(1) };

    [Test]
    public async Task It_is_never_held_again()
    {
        var first = await Take(Here);
        await ReleaseAsync(first);
        var deliverAsync = Store.Detain();
        await PassAsync(Linger);
        // The store is asked again after a pause, and shows the lease.
        var taking = Take(Here);
        await PassAsync(TimeSpan.FromMilliseconds(5));
        var second = await taking.Soon();

        await deliverAsync();
        Assert.That(Store.RecordOf(Key).Holders.Length, Is.EqualTo(1), "who holds it stands in the store");
        Assert.That(await LockOf(There).TryAcquireAsync(), Is.Null);
        Assert.That(second.FencingToken, Is.GreaterThan(first.FencingToken));
        await ReleaseAsync(second);
        await PassAsync(Options.StoreTimeout);
        Assert.That(Store.RecordOf(Key).IsFree);
    }

    [Test]
    public async Task It_is_asked_for_again_although_it_could_linger()
    {
        await ReleaseAsync(await Take(Here));
        Store.Detain();
        await PassAsync(Linger);
        await PassAsync(TimeSpan.FromMilliseconds(5));
        Assert.That(Store.RecordOf(Key).IsFree);
    }
}
