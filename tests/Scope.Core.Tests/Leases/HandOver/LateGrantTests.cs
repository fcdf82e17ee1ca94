using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>A grant of which its process hears when most of the lease is over.</summary>
public sealed class LateGrantTests : HandOverFixture
{
    private static readonly LockOptions NineSeconds = new() { TimeToLive = TimeSpan.FromSeconds(9) };

    protected override LeaseOptions Options => base.Options with { SafetyPoll = TimeSpan.FromHours(1) };

    [Test]
    public async Task It_is_renewed_before_it_ends()
    {
        var guard = await Take(Here);
        var waiting = await QueueAsync(There, NineSeconds);
        Store.IsMute = true;
        await ReleaseAsync(guard);
        await PassAsync(TimeSpan.FromSeconds(7));
        There.Look();
        var late = await waiting.Soon();
        await QuietAsync();
        Assert.That(late.IsHeld);

        for (var i = 0; i < 30; i++) await PassAsync(TimeSpan.FromSeconds(1));
        Assert.That(late.LostToken.IsCancellationRequested, Is.False, "the store could be reached all the time");
        await ReleaseAsync(late);
    }

    [Test]
    public async Task A_renewal_that_is_answered_late_is_followed_by_the_next_before_the_lease_ends()
    {
        var guard = await Take(Here, NineSeconds);
        var answer = new TaskCompletionSource();
        Store.BatchesWaitFor = answer.Task;
        Time.Advance(TimeSpan.FromSeconds(3));
        await Waiting.Until(() => Store.Batches == 1, "the renewal is under way");
        Time.Advance(TimeSpan.FromSeconds(4));
        Store.BatchesWaitFor = null;
        answer.SetResult();
        await QuietAsync();
        for (var i = 0; i < 30; i++) await PassAsync(TimeSpan.FromSeconds(1));
        Assert.That(guard.IsHeld);
        await ReleaseAsync(guard);
    }
}
