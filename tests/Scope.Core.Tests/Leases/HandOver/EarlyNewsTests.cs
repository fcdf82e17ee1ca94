using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>News that comes before the one whom it is for waits for it.</summary>
public sealed class EarlyNewsTests : HandOverFixture
{
    // It goes on by news, or not at all.
    protected override LeaseOptions Options => new() { SafetyPoll = TimeSpan.FromHours(1), DefaultTimeToLive = TimeSpan.FromHours(1) };

    [Test]
    public async Task Who_is_granted_the_lock_before_it_has_heard_that_it_stands_in_the_queue_goes_on_without_time_passing([Values] bool withRecord)
    {
        var own = new CountedStore(Time, Store) { TellsNoRecords = !withRecord };
        var slow = await OpenAsync(own);
        var held = await Take(There);
        // It knows the record by that, and its first swap brings it into the queue.
        Assert.That(await LockOf(slow).TryAcquireAsync(), Is.Null);
        await QuietAsync();
        var answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        own.AnswersWaitFor = answers.Task;
        Task<LockGuard> waiting;
        try
        {
            waiting = Take(slow);
            await Waiting.Until(() => Store.RecordOf(Key).Waiters.Length == 1, "it stands in the queue of the store");
            await held.DisposeAsync().Soon();
            Assert.That((Store.RecordOf(Key).Waiters.Length, Store.RecordOf(Key).Holders.Length), Is.EqualTo((0, 1)), "it is granted the lock, and its process was told");
            Assert.That(waiting.IsCompleted, Is.False, "the answer is still on its way");
        }
        finally
        {
            own.AnswersWaitFor = null;
            answers.SetResult();
        }
        await ReleaseAsync(await waiting.Soon());
    }
}
