namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>How late renewals are.</summary>
public sealed class RenewalDelayTests : HandOverFixture
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Test]
    public async Task Nothing_is_late_while_the_store_answers()
    {
        Assert.That(Here.RenewalDelay, Is.EqualTo(TimeSpan.Zero));
        var guard = await Take(Here);
        for (var i = 0; i < 60; i++)
        {
            await PassAsync(Second);
            Assert.That(Here.RenewalDelay, Is.EqualTo(TimeSpan.Zero));
        }
        Assert.That(Store.Batches, Is.Positive, "it was renewed");
        await ReleaseAsync(guard);
    }

    [Test]
    public async Task It_is_late_from_when_it_was_due_until_the_store_has_answered_however_often_that_was_tried()
    {
        var guard = await Take(Here, new LockOptions { TimeToLive = TimeSpan.FromSeconds(30) });
        Store.Failure = new IOException("unplugged");
        await PassAsync(TimeSpan.FromSeconds(11));
        var late = Here.RenewalDelay;
        // Renewals come due at common times, for such a lease 30 s / 48 apart.
        Assert.That(late, Is.InRange(Second, Second + TimeSpan.FromSeconds(30) / 48));
        for (var i = 0; i < 5; i++) await PassAsync(Second);
        Assert.That(Here.RenewalDelay, Is.EqualTo(late + 5 * Second));
        Assert.That(There.RenewalDelay, Is.EqualTo(TimeSpan.Zero), "of the other process");

        Store.Failure = null;
        await PassAsync(Second);
        Assert.That(Here.RenewalDelay, Is.EqualTo(TimeSpan.Zero));
        await ReleaseAsync(guard);
    }

    [Test]
    public async Task Of_several_the_one_that_is_furthest_behind_counts()
    {
        var guards = new List<LockGuard>();
        foreach (var seconds in new[] { 30, 90, 60 })
        {
            var key = new Lock(CancellationToken.None, new LockOptions { Provider = Here, Key = $"{seconds}", TimeToLive = TimeSpan.FromSeconds(seconds) });
            guards.Add(await key.AcquireAsync());
        }
        Store.Failure = new IOException("unplugged");
        await PassAsync(TimeSpan.FromSeconds(21));
        Assert.That(Here.RenewalDelay, Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(11)));
        Store.Failure = null;
        await PassAsync(Second);
        foreach (var guard in guards) await ReleaseAsync(guard);
    }

    [Test]
    public async Task A_lease_that_is_not_renewed_by_itself_is_not_late()
    {
        var guard = await Take(Here, new LockOptions { TimeToLive = TimeSpan.FromSeconds(30), AutoRenew = false });
        Store.Failure = new IOException("unplugged");
        await PassAsync(TimeSpan.FromSeconds(20));
        Assert.That(Here.RenewalDelay, Is.EqualTo(TimeSpan.Zero));
        Store.Failure = null;
        await ReleaseAsync(guard);
    }

    [Test]
    public async Task A_lease_that_was_lost_is_not_late_any_more()
    {
        var guard = await Take(Here, new LockOptions { TimeToLive = TimeSpan.FromSeconds(30) });
        Store.Failure = new IOException("unplugged");
        for (var i = 0; i < 31; i++) await PassAsync(Second);
        Assert.That((guard.IsHeld, Here.RenewalDelay), Is.EqualTo((false, TimeSpan.Zero)));
        await guard.DisposeAsync();
    }
}
