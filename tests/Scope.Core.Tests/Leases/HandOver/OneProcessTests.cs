using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>What one process does to itself: readers that would write, cancellations at the moment of the grant, ten thousand keys at once.</summary>
public sealed class OneProcessTests : HandOverFixture
{
    [Test]
    public async Task A_reader_that_would_write_waits_for_itself_until_its_time_is_over_and_is_named()
    {
        var reading = await LockOf(Here, new LockOptions { Owner = "reader" }).AcquireReadAsync();
        Assert.That(await LockOf(Here).TryAcquireAsync(), Is.Null);
        var writing = LockOf(Here, new LockOptions { TimeProvider = Time }).AcquireAsync(TimeSpan.FromSeconds(3)).AsTask();
        await PassAsync(TimeSpan.FromSeconds(4));
        var error = await Assert.ThrowsAsync<LockTimeoutException>(() => writing.Soon());
        Assert.That(error!.Holder, Is.EqualTo("reader"));
        var more = await Read(There).Soon();
        await ReleaseAsync(more);
        await ReleaseAsync(reading);
        Assert.That(Store.RecordOf(Key).IsFree);
    }

    [Test]
    public async Task A_cancellation_at_the_moment_of_the_grant_leaves_nothing([Values] bool reads)
    {
        for (var round = 0; round < 1_000; round++)
        {
            var guard = await Take(Here);
            using var cancel = new CancellationTokenSource();
            var waiting = reads ? LockOf(There).AcquireReadAsync(cancel.Token).AsTask() : LockOf(There).AcquireAsync(cancel.Token).AsTask();
            if (round % 2 == 0) await QuietAsync();
            var cancelling = Task.Run(cancel.Cancel);
            await guard.DisposeAsync();
            await cancelling;
            try
            {
                await (await waiting.Soon()).DisposeAsync();
            }
            catch (OperationCanceledException)
            {
                // That came first.
            }
            await QuietAsync();
            Assert.That(Store.RecordOf(Key).IsFree, $"round {round}: {Store.RecordOf(Key)}");
        }
    }

    [Test]
    public async Task Ten_thousand_keys_are_taken_and_released_at_once()
    {
        var guards = await Task.WhenAll(Enumerable.Range(0, 10_000).Select(i => new Lock(CancellationToken.None, new LockOptions { Provider = Here, Key = $"{i}" }).AcquireAsync().AsTask())).Soon();
        Assert.That(Here.Snapshot(), Has.Count.EqualTo(10_000));
        await Task.WhenAll(guards.Select(guard => guard.DisposeAsync().AsTask())).Soon();
        await QuietAsync();
        Assert.That(Here.Snapshot(), Is.Empty);
    }

    [Test]
    public async Task The_longest_hold_counts_from_when_it_was_heard_of_and_ends_in_time()
    {
        var guard = await Take(Here);
        var waiting = await QueueAsync(There, new LockOptions { TimeToLive = TimeSpan.FromSeconds(30), MaxHold = TimeSpan.FromSeconds(40) });
        Store.IsMute = true;
        await ReleaseAsync(guard);
        await PassAsync(TimeSpan.FromSeconds(2));
        There.Look();
        var late = await waiting.Soon();
        for (var i = 0; i < 39; i++) await PassAsync(TimeSpan.FromSeconds(1));
        Assert.That(late.IsHeld);
        await PassAsync(TimeSpan.FromSeconds(2));
        Assert.That(late.LostToken.IsCancellationRequested);
        Assert.That(Store.RecordOf(Key).IsFree);
    }

    [Test]
    public async Task Several_locks_of_two_providers_of_one_store_end_at_their_time_and_give_all_back()
    {
        var locks = new[] { LockOf(Here, new LockOptions { TimeProvider = Time }), LockOf(There, new LockOptions { TimeProvider = Time }) };
        var both = Lock.AcquireAllAsync(locks, new AcquireOptions { Timeout = TimeSpan.FromSeconds(3) }).AsTask();
        await PassAsync(TimeSpan.FromSeconds(4));
        await Assert.ThrowsAsync<LockTimeoutException>(() => both.Soon());
        await QuietAsync();
        Assert.That(Store.RecordOf(Key).IsFree);
    }
}
