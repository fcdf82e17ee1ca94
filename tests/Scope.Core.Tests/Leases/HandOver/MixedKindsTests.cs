using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>Requests of one process that need different leases, among those of other processes.</summary>
public sealed class MixedKindsTests : HandOverFixture
{
    [Test]
    public async Task Who_came_and_went_with_a_higher_priority_takes_nobody_s_place_away()
    {
        var third = await OpenAsync();
        var guard = await Take(third);
        var first = await QueueAsync(Here);
        var second = await QueueAsync(There);

        using var cancel = new CancellationTokenSource();
        var better = LockOf(Here, new LockOptions { TimeToLive = TimeSpan.FromSeconds(7) }).AcquireAsync(new AcquireOptions { Priority = 1 }, cancel.Token).AsTask();
        await QuietAsync();
        await cancel.CancelAsync();
        await QuietAsync();
        Assert.That(async () => await better, Throws.InstanceOf<OperationCanceledException>());

        await ReleaseAsync(guard);
        Assert.That(IsHeldHere, "it came first, and waits behind who came later");
        await ReleaseAsync(await first.Soon());
        await ReleaseAsync(await second.Soon());
    }

    [Test]
    public async Task One_that_waits_is_not_passed_over_for_ever_because_others_here_come_and_go()
    {
        var third = await OpenAsync();
        var guard = await Take(third);
        var first = await QueueAsync(Here);
        var passed = 0;
        for (; passed < 2 * Lock.MaxPassedOver && !IsHeldHere; passed++)
        {
            var other = Take(passed % 2 == 0 ? There : third);
            await QuietAsync();
            using var cancel = new CancellationTokenSource();
            var better = LockOf(Here, new LockOptions { TimeToLive = TimeSpan.FromSeconds(7) }).AcquireAsync(new AcquireOptions { Priority = 1 }, cancel.Token).AsTask();
            await QuietAsync();
            await cancel.CancelAsync();
            await QuietAsync();
            await ReleaseAsync(guard);
            if (IsHeldHere) break;
            guard = await other.Soon();
        }
        Assert.That(IsHeldHere, $"it was passed over {passed} times");
        await ReleaseAsync(await first.Soon());
    }

    private bool IsHeldHere => Store.RecordOf(Key).Holders is [var holder, ..] && holder.Id.Process == Here.Process;
}
