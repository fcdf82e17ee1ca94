using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>One contender stands in the store for all who wait here, and ranks as the best of them.</summary>
public sealed class PriorityTests : HandOverFixture
{
    [Test]
    public async Task A_better_one_behind_it_raises_the_contender()
    {
        var third = await OpenAsync();
        var guard = await Take(third);
        var low = await QueueAsync(Here);
        var middle = await QueueAsync(There, priority: 5);
        var high = await QueueAsync(Here, priority: 9);
        Assert.That(Store.RecordOf(Key).Waiters.ToArray().Select(waiter => waiter.Priority), Is.EquivalentTo([9, 5]));

        await ReleaseAsync(guard);
        await ReleaseAsync(await high.Soon());
        Assert.That(low.IsCompleted, Is.False);
        await ReleaseAsync(await middle.Soon());
        await ReleaseAsync(await low.Soon());
    }

    [Test]
    public async Task A_better_one_of_another_kind_takes_the_contenders_place()
    {
        var guard = await Take(There);
        var reader = await QueueAsync(Here, reads: true);
        var writer = await QueueAsync(Here, priority: 9);
        Assert.That(Store.RecordOf(Key).Waiters.ToArray().Select(waiter => (waiter.Mode, waiter.Priority)), Is.EqualTo([(LockMode.Exclusive, 9)]));
        await ReleaseAsync(guard);
        await ReleaseAsync(await writer.Soon());
        await ReleaseAsync(await reader.Soon());
    }

    [Test]
    public async Task Whoever_gives_up_leaves_the_contender_to_the_others()
    {
        var guard = await Take(There);
        using var impatience = new CancellationTokenSource();
        var first = LockOf(Here).AcquireAsync(impatience.Token).AsTask();
        await QuietAsync();
        var second = await QueueAsync(Here);
        var standing = Store.RecordOf(Key).Waiters[0].Id;
        var before = Store.Calls;
        await impatience.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => first);
        await QuietAsync();
        Assert.That((Store.RecordOf(Key).Waiters[0].Id, Store.Calls), Is.EqualTo((standing, before)));
        await ReleaseAsync(guard);
        await ReleaseAsync(await second.Soon());
    }

    [Test]
    public async Task A_better_one_that_gives_up_takes_its_priority_along()
    {
        var third = await OpenAsync();
        var guard = await Take(third);
        var low = await QueueAsync(Here);
        using var impatience = new CancellationTokenSource();
        var high = LockOf(Here).AcquireAsync(new AcquireOptions { Priority = 9 }, impatience.Token).AsTask();
        await QuietAsync();
        var middle = await QueueAsync(There, priority: 5);
        await impatience.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => high);
        await QuietAsync();
        Assert.That(Store.RecordOf(Key).Waiters.ToArray().Select(waiter => waiter.Priority), Is.EqualTo([0, 5]));

        await ReleaseAsync(guard);
        await ReleaseAsync(await middle.Soon());
        await ReleaseAsync(await low.Soon());
    }

    [Test]
    public async Task A_better_one_that_gives_up_takes_its_priority_along_also_if_the_store_has_not_said_that_it_had_it()
    {
        var replies = new LostReplies();
        var process = await OpenAsync(new FaultyLockStore(Store, replies, Time));
        var guard = await Take(There);
        var low = await QueueAsync(process);
        using var impatience = new CancellationTokenSource();
        replies.AreLost = true;
        var high = LockOf(process).AcquireAsync(new AcquireOptions { Priority = 9 }, impatience.Token).AsTask();
        await Waiting.Until(() => Store.RecordOf(Key).Waiters[0].Priority == 9, "it is raised");
        await impatience.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => high);
        replies.AreLost = false;
        Time.Advance(Options.StoreTimeout);
        await PassAsync(TimeSpan.FromSeconds(1));
        var middle = await QueueAsync(Here, priority: 5);
        Assert.That(Store.RecordOf(Key).Waiters.ToArray().Select(waiter => waiter.Priority), Is.EqualTo([0, 5]));

        await ReleaseAsync(guard);
        await ReleaseAsync(await middle.Soon());
        await ReleaseAsync(await low.Soon());
    }

    [Test]
    public async Task The_last_to_give_up_takes_the_contender_out()
    {
        var guard = await Take(There);
        using var impatience = new CancellationTokenSource();
        var first = LockOf(Here).AcquireAsync(impatience.Token).AsTask();
        await QuietAsync();
        Assert.That(Store.RecordOf(Key).Waiters.Length, Is.EqualTo(1));
        await impatience.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => first);
        await QuietAsync();
        Assert.That((Store.RecordOf(Key).Waiters.Length, Here.Snapshot()), Is.EqualTo((0, Array.Empty<LockSnapshot>())));
        await ReleaseAsync(guard);
    }

    private sealed class LostReplies : IStoreFaults
    {
        internal bool AreLost { get; set; }

        public CallFault OnCall(in StoreCall request) => new() { LosesReply = AreLost };

        public NewsFault OnNews(string key) => default;
    }
}
