using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>What a process holds goes from one of its requests to the next without the store, as long as it may.</summary>
public sealed class LocalHandOverTests : HandOverFixture
{
    [Test]
    public async Task A_free_key_costs_one_swap_and_its_release_another()
    {
        var (calls, swaps) = (Store.Calls, Store.Swaps);
        var guard = await Take(Here);
        Assert.That((Store.Calls - calls, Store.Swaps - swaps), Is.EqualTo((1, 1)));
        await ReleaseAsync(guard);
        Assert.That((Store.Calls - calls, Store.Swaps - swaps), Is.EqualTo((2, 2)));
        Assert.That(Here.Snapshot(), Is.Empty);
    }

    [Test]
    public async Task Many_who_wait_here_are_served_by_one_lease()
    {
        var guard = await Take(Here);
        var waiting = new List<Task<LockGuard>>();
        for (var i = 0; i < 100; i++) waiting.Add(await QueueAsync(Here));
        var before = Store.Calls;

        var last = guard.FencingToken;
        foreach (var next in waiting)
        {
            await ReleaseAsync(guard);
            guard = await next.Soon();
            Assert.That(guard.FencingToken, Is.GreaterThan(last), "tokens rise");
            last = guard.FencingToken;
        }
        await ReleaseAsync(guard);
        Assert.That(Store.Calls - before, Is.EqualTo(2), "tokens for all of them, and the end");
        Assert.That(Store.RecordOf(Key).IsFree);
    }

    [Test]
    public async Task Who_waits_in_another_process_comes_after_the_guard_that_holds()
    {
        var guard = await Take(Here);
        var (second, third) = (await QueueAsync(Here), await QueueAsync(Here));
        var other = await QueueAsync(There);
        await ReleaseAsync(guard);
        // What the process knew of the record was from before, but tokens have to be asked for.
        var turn = await other.Soon();
        Assert.That((second.IsCompleted, third.IsCompleted), Is.EqualTo((false, false)));
        await ReleaseAsync(turn);
        await ReleaseAsync(await second.Soon());
        await ReleaseAsync(await third.Soon());
    }

    [Test]
    public async Task Whoever_hands_on_hears_of_another_process_and_gives_way_at_once()
    {
        var guard = await HandedOnAsync();
        var next = await QueueAsync(Here);
        var other = await QueueAsync(There);
        await ReleaseAsync(guard);
        await ReleaseAsync(await other.Soon());
        await ReleaseAsync(await next.Soon());
    }

    [Test]
    public async Task Lost_news_delays_another_process_no_longer_than_the_local_turn()
    {
        var guard = await HandedOnAsync();
        var (next, afterNext) = (await QueueAsync(Here), await QueueAsync(Here));
        Store.IsMute = true;
        var other = await QueueAsync(There);

        await ReleaseAsync(guard);
        guard = await next.Soon();
        Assert.That(other.IsCompleted, Is.False);
        Store.IsMute = false;
        await PassAsync(Options.LocalTurn + TimeSpan.FromMilliseconds(1));
        await ReleaseAsync(guard);
        await ReleaseAsync(await other.Soon());
        await ReleaseAsync(await afterNext.Soon());
    }

    [Test]
    public async Task A_contended_key_costs_one_swap_a_grant()
    {
        var guard = await Take(Here);
        var here = new Queue<Task<LockGuard>>();
        var there = new Queue<Task<LockGuard>>();
        for (var i = 0; i < 10; i++)
        {
            there.Enqueue(await QueueAsync(There));
            here.Enqueue(await QueueAsync(Here));
        }
        await ReleaseAsync(guard);
        var before = Store.Swaps;
        for (var i = 0; i < 9; i++)
        {
            await ReleaseAsync(await there.Dequeue().Soon());
            await ReleaseAsync(await here.Dequeue().Soon());
        }
        Assert.That(Store.Swaps - before, Is.EqualTo(18), "each release brings the next of its process into the queue");
        await ReleaseAsync(await there.Dequeue().Soon());
        await ReleaseAsync(await here.Dequeue().Soon());
    }

    [Test]
    public async Task A_guard_with_another_time_to_live_gets_a_lease_of_its_own()
    {
        var guard = await Take(Here);
        var longer = await QueueAsync(Here, new LockOptions { TimeToLive = TimeSpan.FromMinutes(5) });
        await ReleaseAsync(guard);
        await longer.Soon();
        Assert.That(Store.RecordOf(Key).Holders[0].ExpiresAt - StoreNow, Is.EqualTo(300_000_000));
    }

    [Test]
    public async Task A_lease_that_ends_by_itself_is_not_handed_on()
    {
        var ending = new LockOptions { TimeToLive = TimeSpan.FromSeconds(10), AutoRenew = false };
        var guard = await Take(Here, ending);
        var next = await QueueAsync(Here, ending);
        await PassAsync(TimeSpan.FromSeconds(1));
        await ReleaseAsync(guard);
        var second = await next.Soon();
        await PassAsync(TimeSpan.FromSeconds(9));
        Assert.That(second.IsHeld, "its own ten seconds");
        await PassAsync(TimeSpan.FromSeconds(1));
        Assert.That((second.IsHeld, second.LostToken.IsCancellationRequested), Is.EqualTo((false, true)));
    }

    [Test]
    public async Task A_lease_that_somebody_has_taken_out_of_the_store_is_lost_at_the_next_answer()
    {
        var guard = await Take(Here);
        Store.Forget(Key);
        await PassAsync(Options.DefaultTimeToLive / 3);
        Assert.That((guard.IsHeld, guard.LostToken.IsCancellationRequested), Is.EqualTo((false, true)));
    }

    [Test]
    public async Task The_loss_of_the_lease_is_told_to_whoever_holds_it_then()
    {
        var first = await Take(Here);
        var told = first.LostToken;
        var next = await QueueAsync(Here);
        await ReleaseAsync(first);
        var second = await next.Soon();
        Store.Failure = new IOException("gone");
        await PassAsync(TimeSpan.FromSeconds(31));
        Assert.That((told.IsCancellationRequested, second.LostToken.IsCancellationRequested), Is.EqualTo((false, true)));
        Assert.That(second.ThrowIfLost, Throws.TypeOf<LeaseLostException>());
        Store.Failure = null;
    }

    [Test]
    public async Task Readers_of_a_process_share_one_place_in_the_record()
    {
        var writer = await Take(There);
        var readers = new List<Task<LockGuard>>();
        for (var i = 0; i < 5; i++) readers.Add(await QueueAsync(Here, reads: true));
        Assert.That(Store.RecordOf(Key).Waiters.Length, Is.EqualTo(1));
        await ReleaseAsync(writer);
        var guards = await Task.WhenAll(readers).Soon();
        var before = Store.Calls;
        var another = await Read(Here);
        Assert.That(guards.Append(another).Select(guard => guard.FencingToken), Is.Unique);
        Assert.That((Store.RecordOf(Key).Holders.Length, Store.Calls - before <= 1), Is.EqualTo((1, true)));
        foreach (var guard in guards) await ReleaseAsync(guard);
        Assert.That(Store.RecordOf(Key).Holders.Length, Is.EqualTo(1), "one still reads");
        await ReleaseAsync(another);
        Assert.That(Store.RecordOf(Key).IsFree);
    }

    [Test]
    public async Task No_reader_joins_while_a_writer_of_another_process_waits()
    {
        var reading = await Read(Here);
        var writer = await QueueAsync(There);
        var late = await QueueAsync(Here, reads: true);
        await ReleaseAsync(reading);
        var write = await writer.Soon();
        Assert.That(late.IsCompleted, Is.False);
        await ReleaseAsync(write);
        await ReleaseAsync(await late.Soon());
    }

    [Test]
    public async Task A_try_is_refused_only_by_what_is_so_after_it_came()
    {
        var reading = await Read(Here);
        using var impatience = new CancellationTokenSource();
        var writer = LockOf(There).AcquireAsync(impatience.Token).AsTask();
        // The renewal shows that a writer waits; that it has given up, nothing shows.
        await PassAsync(Options.DefaultTimeToLive / 3);
        await impatience.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => writer);
        await QuietAsync();
        var another = await LockOf(Here).TryAcquireReadAsync();
        Assert.That(another, Is.Not.Null);
        await ReleaseAsync(another!.Value);
        await ReleaseAsync(reading);
    }

    private long StoreNow => (Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>A guard to whom the key was handed here, on a lease that has tokens for more.</summary>
    private async Task<LockGuard> HandedOnAsync()
    {
        var guard = await Take(Here);
        var next = await QueueAsync(Here);
        await ReleaseAsync(guard);
        return await next.Soon();
    }
}
