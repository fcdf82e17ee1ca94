using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>Leases are renewed together.</summary>
public sealed class RenewalTests : HandOverFixture
{
    private const int Leases = 2_000;

    [Test]
    public async Task Renewals_of_many_leases_go_to_the_store_in_batches_and_by_one_timer()
    {
        var guards = new List<LockGuard>();
        for (var i = 0; i < Leases; i++) guards.Add(await new Lock(CancellationToken.None, new LockOptions { Provider = Here, Key = $"{i}" }).AcquireAsync());
        var (swaps, timers) = (Store.Swaps, Time.ActiveTimers);

        // Ten seconds between renewals, of which one thousand go together; two processes let themselves be heard three times as often.
        for (var i = 0; i < 60; i++) await PassAsync(TimeSpan.FromSeconds(1));
        Assert.That(guards.TrueForAll(guard => guard.IsHeld), "for twice its length");
        Assert.That(Store.Batches, Is.InRange(12, 24));
        Assert.That(Store.Swaps - swaps, Is.LessThanOrEqualTo(40));
        Assert.That(Time.ActiveTimers, Is.EqualTo(timers));
        foreach (var guard in guards) await guard.DisposeAsync();
    }
}
