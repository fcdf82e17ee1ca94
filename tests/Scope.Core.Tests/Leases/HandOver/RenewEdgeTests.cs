using System.Runtime.CompilerServices;
using GoGoScope.Testing;
using GoGoScope.Tests.Run;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>Guards that ask for another end of their lease, while the store takes its time.</summary>
public sealed class RenewEdgeTests : HandOverFixture
{
    private static readonly LockOptions Ends = new() { TimeToLive = TimeSpan.FromSeconds(20), AutoRenew = false };

    [Test]
    public async Task One_that_was_given_up_leaves_no_error_that_nobody_sees()
    {
        using var unseen = new UnobservedErrors(nameof(ObjectDisposedException));
        await GiveUpAsync();
        Assert.That(unseen.CountNow(), Is.Zero);
    }

    [Test]
    public async Task One_that_asks_for_the_same_again_while_the_first_is_under_way_gets_its_own_time()
    {
        var guard = await Take(Here, Ends);
        await PassAsync(TimeSpan.FromSeconds(1));
        var answer = new TaskCompletionSource();
        Store.BatchesWaitFor = answer.Task;
        var first = guard.RenewAsync(TimeSpan.FromSeconds(20)).AsTask();
        await Waiting.Until(() => Store.Batches == 1, "the first is under way");
        Time.Advance(TimeSpan.FromSeconds(2));
        var second = guard.RenewAsync(TimeSpan.FromSeconds(20)).AsTask();
        Store.BatchesWaitFor = null;
        answer.SetResult();
        await first.Soon();
        await second.Soon();
        await QuietAsync();

        // 20 s from the second, less than a second for the way.
        Time.Advance(TimeSpan.FromSeconds(19));
        await QuietAsync();
        Assert.That(guard.IsHeld, "it was told that it has the key for 20 s");
        await ReleaseAsync(guard);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task GiveUpAsync()
    {
        var guard = await Take(Here, Ends);
        await PassAsync(TimeSpan.FromSeconds(1));
        var answer = new TaskCompletionSource();
        Store.BatchesWaitFor = answer.Task;
        using var cancel = new CancellationTokenSource();
        var renewing = guard.RenewAsync(TimeSpan.FromSeconds(20), cancel.Token).AsTask();
        await Waiting.Until(() => Store.Batches == 1, "it is under way");
        await cancel.CancelAsync();
        Assert.That(async () => await renewing, Throws.InstanceOf<OperationCanceledException>());
        var released = guard.DisposeAsync().AsTask();
        Store.BatchesWaitFor = null;
        answer.SetResult();
        await released;
        await QuietAsync();
    }
}
