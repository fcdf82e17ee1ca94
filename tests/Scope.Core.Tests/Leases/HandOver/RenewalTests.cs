using System.Collections.Concurrent;
using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>Leases are renewed together.</summary>
public sealed class RenewalTests : HandOverFixture
{
    [Test]
    public async Task Renewals_of_many_leases_go_to_the_store_in_batches_and_by_one_timer()
    {
        const int Leases = 2_500;
        var timers = Time.ActiveTimers;
        var guards = await TakeAsync(Leases);
        Assert.That(Time.ActiveTimers, Is.EqualTo(timers));

        // All come due while the first are under way.
        var answer = new TaskCompletionSource();
        Store.BatchesWaitFor = answer.Task;
        Time.Advance(Options.DefaultTimeToLive / 3);
        await Waiting.Until(() => Store.Batches == 1 && Here.Renewals.WaitingCount + 1_000 >= Leases, "the first batch is under way, and the others wait");
        var rest = Here.Renewals.WaitingCount;
        answer.SetResult();
        await QuietAsync();
        Assert.That(Store.Batches, Is.EqualTo(1 + (rest + 999) / 1_000));

        await PassAsync(Options.DefaultTimeToLive / 3);
        await PassAsync(Options.DefaultTimeToLive / 3);
        Assert.That(guards.TrueForAll(guard => guard.IsHeld));
        foreach (var guard in guards) await guard.DisposeAsync();
    }

    [Test]
    public async Task A_lease_is_renewed_as_often_as_the_options_say([Values(2, 3, 20)] int parts)
    {
        var provider = new LeasedLockProvider(Store, Options with { TimeProvider = Time, ClockDrift = 0, RenewalsPerLease = parts });
        var guard = await Take(provider);
        var begun = Store.RecordOf(Key).Holders[0].ExpiresAt;
        var part = Options.DefaultTimeToLive / parts;
        Time.Advance(part * 0.9);
        await Waiting.Until(() => provider.IsQuiet, "nothing is to be done yet");
        Assert.That(Store.RecordOf(Key).Holders[0].ExpiresAt, Is.EqualTo(begun));
        Time.Advance(part * 0.1);
        await Waiting.Until(() => provider.IsQuiet, "it is renewed");
        Assert.That(Store.RecordOf(Key).Holders[0].ExpiresAt, Is.GreaterThan(begun));
        await guard.DisposeAsync();
        await provider.DisposeAsync();
    }

    [Test]
    public async Task A_lease_that_was_released_is_not_renewed_any_more([Values] bool renewedBefore)
    {
        // One that has never waited, and so need not say that it lives.
        var own = new CountedStore(Time, Store);
        await using var provider = new LeasedLockProvider(own, Options with { TimeProvider = Time, ClockDrift = 0 });
        var guard = await Take(provider);
        if (renewedBefore) Time.Advance(Options.DefaultTimeToLive / 3);
        await Waiting.Until(() => provider.IsQuiet && own.Batches == (renewedBefore ? 1 : 0), "it is held, and perhaps renewed");
        await guard.DisposeAsync();
        var calls = own.Calls;
        for (var i = 0; i < 100; i++)
        {
            Time.Advance(Options.DefaultTimeToLive / 10);
            await Waiting.Until(() => provider.IsQuiet, "nothing is under way");
        }
        Assert.That(own.Calls, Is.EqualTo(calls), "what the store is asked in ten times the lease");
    }

    [Test]
    public async Task It_does_not_depend_on_how_those_are_who_wait()
    {
        var own = new CountedStore(Time, Store);
        var guard = await Take(await OpenAsync(own));
        var waiting = await QueueAsync(There);
        var (ends, reads) = (Store.RecordOf(Key).Holders[0].ExpiresAt, own.Reads);
        await PassAsync(Options.DefaultTimeToLive / 3);
        Assert.That(Store.RecordOf(Key).Holders[0].ExpiresAt, Is.GreaterThan(ends));
        Assert.That(own.Reads, Is.EqualTo(reads), "heartbeats that were read");
        await ReleaseAsync(guard);
        await ReleaseAsync(await waiting.Soon());
    }

    [Test]
    public async Task One_that_fails_a_batch_fails_alone()
    {
        var guards = await TakeAsync(10);
        var begun = Store.RecordOf("0").Holders[0].ExpiresAt;
        // As a store says of one whose text is no record.
        await TogetherAsync(guards.Count, Options.DefaultTimeToLive / 3, () => Store.BatchFailure = new FormatException("it makes no sense"));
        await QuietAsync();
        for (var i = 0; i < guards.Count; i++) Assert.That(Store.RecordOf($"{i}").Holders[0].ExpiresAt, Is.GreaterThan(begun));
        foreach (var guard in guards) await guard.DisposeAsync();
    }

    [Test]
    public async Task A_batch_that_fails_is_tried_again_by_each()
    {
        var guards = await TakeAsync(10);
        var begun = Store.RecordOf("0").Holders[0].ExpiresAt;
        Store.Failure = new IOException("away");
        Time.Advance(Options.DefaultTimeToLive / 3);
        await QuietAsync();
        Store.Failure = null;
        Time.Advance(TimeSpan.FromSeconds(1));
        await Waiting.Until(() => Enumerable.Range(0, guards.Count).All(i => Store.RecordOf($"{i}").Holders[0].ExpiresAt > begun), "all are renewed");
        await PassAsync(TimeSpan.FromSeconds(29));
        Assert.That(guards.TrueForAll(guard => guard.IsHeld));
        foreach (var guard in guards) await guard.DisposeAsync();
    }

    [Test]
    public async Task One_whose_row_is_kept_costs_no_other_its_lease_however_many_there_are()
    {
        const int Places = 64, Leases = 200;
        var time = TimeSpan.FromSeconds(3);
        var guards = await TakeAsync(Leases, new LockOptions { TimeToLive = time });
        await TogetherAsync(Leases, time / 3, () => Store.KeepsLastOf = Leases);
        try
        {
            await Waiting.Until(() => Store.AtKept == 1, "the batch has come to the row");
            var answer = new TaskCompletionSource();
            Store.AnswersWaitFor = answer.Task;
            var before = Store.Swaps;
            Time.Advance(CountedStore.KeptFor);
            await Waiting.Until(() => Store.Swaps == before + Places, "all that have a place go alone");
            answer.SetResult();
            var others = Enumerable.Range(0, Leases).Where(i => Store.Kept != $"lock:{i}").ToList();
            await Waiting.Until(() => others.TrueForAll(i => Store.RecordOf($"{i}").Holders[0].ExpiresAt - Store.Now > 1_500_000), "all others are renewed");
            await Waiting.Until(() => others.TrueForAll(i => Here.AgentOf($"{i}")!.IsIdle), "and have heard so");
            Time.Advance(time - time / 3 - CountedStore.KeptFor);
            Assert.That(others.TrueForAll(i => guards[i].IsHeld));
        }
        finally
        {
            Store.KeepNothing();
        }
        foreach (var guard in guards) await guard.DisposeAsync();
    }

    [Test]
    public async Task Behind_a_store_that_does_not_answer_nobody_waits_for_a_place()
    {
        const int Places = 64, Renewals = 100;
        var answer = new TaskCompletionSource();
        Store.BatchesWaitFor = answer.Task;
        var (now, others) = (Store.Now, DeadlineQueue.For(Time).Count);
        List<Task> renewing = [RenewAsync(-1)];
        await Waiting.Until(() => Store.Batches == 1, "one is under way");
        renewing.AddRange(Enumerable.Range(0, Renewals).Select(RenewAsync));
        var hangs = new TaskCompletionSource();
        (Store.BatchFailure, Store.AnswersWaitFor) = (new IOException("one of them makes no sense"), hangs.Task);
        var swaps = Store.Swaps;
        answer.SetResult();
        await Waiting.Until(() => Store.Swaps == swaps + Places && DeadlineQueue.For(Time).Count == others + Places, "all that have a place are under way, and so is their time");
        await Waiting.Until(() => Here.Renewals.ToGoAloneCount == Renewals - Places, "the others wait for one");
        Time.Advance(Options.StoreTimeout);
        await Task.WhenAll(renewing).ContinueWith(static all => all.Exception, TaskScheduler.Default).Soon();
        Assert.That(renewing.Count(static one => one.Exception?.InnerException is TimeoutException), Is.EqualTo(Places));
        Assert.That(renewing.Count(static one => one.Exception?.InnerException is LockProviderException), Is.EqualTo(Renewals - Places));
        (Store.BatchesWaitFor, Store.BatchFailure, Store.AnswersWaitFor) = (null, null, null);
        hangs.SetResult();

        Task RenewAsync(int i) => Here.Renewals.SwapAsync(new LockSwap { Key = $"lock:{i}", Expected = 0, Version = i + 2, Body = "body", Draw = 1, NotAfter = long.MaxValue, KeepUntil = now + 60_000_000 }, left: Options.DefaultTimeToLive);
    }

    [Test]
    public async Task A_batch_that_hangs_leaves_each_the_time_to_go_alone([Values(3, 18)] int seconds)
    {
        const int Leases = 10;
        var timeToLive = TimeSpan.FromSeconds(seconds);
        var guards = await TakeAsync(Leases, new LockOptions { TimeToLive = timeToLive });
        var deadlines = DeadlineQueue.For(Time);
        var before = deadlines.Count;
        var others = new TaskCompletionSource();
        await TogetherAsync(Leases, timeToLive / 3, () => Store.BatchesWaitFor = others.Task);
        try
        {
            var times = 1 + (PatienceOf(timeToLive) < Options.StoreTimeout / 2 ? Leases : 0);
            await Waiting.Until(() => Store.Batches == 2 && deadlines.Count == before + times, "the others are under way, and so is their time");
            Time.Advance(PatienceOf(timeToLive));
            await RenewedAsync(Leases, timeToLive);
            Time.Advance(timeToLive * 2 / 3);
            Assert.That(guards.TrueForAll(guard => guard.IsHeld));
        }
        finally
        {
            Store.BatchesWaitFor = null;
            others.SetResult();
        }
        foreach (var guard in guards) await guard.DisposeAsync();
    }

    [Test]
    public async Task Behind_batches_that_hang_nobody_waits_for_longer_than_for_one()
    {
        const int Leases = 3;
        var (half, later) = (Options.StoreTimeout / 2, TimeSpan.FromSeconds(1));
        var guards = await TakeAsync(Leases);
        var other = await Take(Here, new LockOptions { AutoRenew = false, TimeToLive = TimeSpan.FromMinutes(1) });
        await PassAsync(Options.DefaultTimeToLive / 3 - later);
        var answer = new TaskCompletionSource();
        Store.BatchesWaitFor = answer.Task;
        var deadlines = DeadlineQueue.For(Time).Count;
        var renewing = other.RenewAsync(TimeSpan.FromMinutes(1)).AsTask();
        try
        {
            await Waiting.Until(() => Store.Batches == 1 && DeadlineQueue.For(Time).Count == deadlines + 1, "one is under way, and so is its time");
            Time.Advance(later);
            await Waiting.Until(() => Here.Renewals.WaitingCount == Leases, "the others wait for that");
            Time.Advance(half - later);
            await Waiting.Until(() => Store.Batches == 2, "it has taken too long, and the next one is under way");
            await renewing.Soon();
            Time.Advance(later);
            await RenewedAsync(Leases, Options.DefaultTimeToLive);
            Assert.That(Store.Batches, Is.EqualTo(2));
        }
        finally
        {
            Store.BatchesWaitFor = null;
            answer.SetResult();
        }
        await other.DisposeAsync();
        foreach (var guard in guards) await guard.DisposeAsync();
    }

    [Test]
    public async Task A_lease_that_has_not_the_time_to_wait_for_the_batch_before_goes_alone_and_so_do_many_one_after_another()
    {
        const int Leases = 200, AtOnce = 64;
        var timeToLive = TimeSpan.FromSeconds(3);
        var guards = await TakeAsync(Leases, new LockOptions { TimeToLive = timeToLive });
        var other = await Take(Here, new LockOptions { AutoRenew = false, TimeToLive = TimeSpan.FromMinutes(1) });
        var (batches, answers) = (new TaskCompletionSource(), new TaskCompletionSource());
        Store.BatchesWaitFor = batches.Task;
        await PassAsync(timeToLive / 6);
        var renewing = other.RenewAsync(TimeSpan.FromMinutes(1)).AsTask();
        try
        {
            await Waiting.Until(() => Store.Batches == 1, "one is under way");
            Time.Advance(timeToLive / 6);
            await Waiting.Until(() => Here.Renewals.WaitingCount == Leases, "all others wait for that");
            var swaps = Store.Swaps;
            Store.AnswersWaitFor = answers.Task;
            Time.Advance(PatienceOf(timeToLive));
            await Waiting.Until(() => Store.Swaps - swaps >= AtOnce, "as many as may go alone do");
            Assert.That(Store.Swaps - swaps, Is.EqualTo(AtOnce));
            Store.AnswersWaitFor = null;
            answers.SetResult();
            await RenewedAsync(Leases, timeToLive);
            Assert.That((Store.Swaps - swaps, Store.Batches), Is.EqualTo((Leases, 1)));
            Time.Advance(timeToLive * 2 / 3);
            Assert.That(guards.TrueForAll(guard => guard.IsHeld));
        }
        finally
        {
            (Store.BatchesWaitFor, Store.AnswersWaitFor) = (null, null);
            batches.SetResult();
            answers.TrySetResult();
        }
        await renewing.Soon();
        await other.DisposeAsync();
        foreach (var guard in guards) await guard.DisposeAsync();
    }

    /// <summary>How long a renewal of such a lease waits for a batch, at the most: it may come a little before a third of the lease is over.</summary>
    private TimeSpan PatienceOf(TimeSpan timeToLive)
    {
        var patience = timeToLive * 0.7 / 4;
        return patience < Options.StoreTimeout / 2 ? patience : Options.StoreTimeout / 2;
    }

    /// <summary>Returns when leases that were taken when the clock showed something else are renewed, and have heard so.</summary>
    private async Task RenewedAsync(int count, TimeSpan timeToLive)
    {
        var least = (timeToLive * 0.7).Ticks / TimeSpan.TicksPerMicrosecond;
        await Waiting.Until(() => Enumerable.Range(0, count).All(i => Store.RecordOf($"{i}").Holders[0].ExpiresAt - Store.Now > least), "all are renewed");
        await Waiting.Until(() => Here.RenewalDelay == TimeSpan.Zero, "they have heard so");
    }

    [Test]
    public async Task A_renewal_that_draws_tokens_as_well_is_not_sent_on_the_thread_of_the_timer()
    {
        var theirs = await Take(There);
        var reading = Enumerable.Range(0, RecordLimits.MaxDraw).Select(_ => Read(Here)).ToList();
        await QuietAsync();
        await ReleaseAsync(theirs);
        var guards = (await Task.WhenAll(reading).Soon()).ToList();
        while (guards.Count < RecordLimits.MaxDraw * 9 / 5) guards.Add(await Read(Here).Soon());
        await QuietAsync();
        var threads = new ConcurrentBag<int>();
        Store.OnSwap = () => threads.Add(Environment.CurrentManagedThreadId);
        var swaps = Store.Swaps;
        Time.Advance(Options.DefaultTimeToLive / 3);
        Assert.That(threads, Has.None.EqualTo(Environment.CurrentManagedThreadId));
        Store.OnSwap = null;
        await Waiting.Until(() => Store.Swaps > swaps, "it was sent all the same");
        await QuietAsync();
        foreach (var guard in guards) await guard.DisposeAsync();
    }

    [Test]
    public async Task One_that_hangs_goes_alone_as_well()
    {
        var guards = await TakeAsync(1);
        var begun = Store.RecordOf("0").Holders[0].ExpiresAt;
        var answer = new TaskCompletionSource();
        Store.BatchesWaitFor = answer.Task;
        Time.Advance(Options.DefaultTimeToLive / 3);
        await Waiting.Until(() => Store.Batches == 1 && Time.UntilNextTimer <= Options.StoreTimeout / 2, "it is under way, and so is its time");
        Time.Advance(Options.StoreTimeout / 2);
        await QuietAsync();
        Assert.That(Store.RecordOf("0").Holders[0].ExpiresAt, Is.GreaterThan(begun));
        answer.SetResult();
        await guards[0].DisposeAsync();
    }

    [Test]
    public async Task Whoever_joins_those_whose_scope_was_given_up_has_the_lease_renewed()
    {
        var given = Scope.Create(new ScopeOptions { LockProvider = Here, TimeProvider = Time });
        var hangs = new TaskCompletionSource();
        var runs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        given.Run(_ =>
        {
            runs.SetResult();
            return hangs.Task;
        });
        await runs.Task.Soon();
        var first = await given.AcquireReadLockAsync(Key);
        var ending = given.TryEndAsync(TimeSpan.FromSeconds(1));
        await PassAsync(TimeSpan.FromSeconds(1));
        Assert.That(await ending, Is.False);
        await PassAsync(TimeSpan.FromSeconds(11));
        var second = await Read(Here).Soon();
        for (var i = 0; i < 12; i++) await PassAsync(TimeSpan.FromSeconds(5));
        Assert.That(second.IsHeld);
        await ReleaseAsync(second);
        hangs.SetResult();
        await ReleaseAsync(first);
    }

    /// <summary>Has as many renewals that come due after a time go to the store in one batch: while another one is under way, they gather.</summary>
    private async Task TogetherAsync(int count, TimeSpan after, Action before)
    {
        var other = await Take(Here, new LockOptions { AutoRenew = false, TimeToLive = TimeSpan.FromMinutes(1) });
        var answer = new TaskCompletionSource();
        Store.BatchesWaitFor = answer.Task;
        var last = after < TimeSpan.FromSeconds(2) ? after / 2 : TimeSpan.FromSeconds(1);
        await PassAsync(after - last);
        var renewing = other.RenewAsync(TimeSpan.FromMinutes(1)).AsTask();
        await Waiting.Until(() => Store.Batches == 1, "one is under way");
        Time.Advance(last);
        await Waiting.Until(() => Here.Renewals.WaitingCount == count, "all others wait for that");
        Store.BatchesWaitFor = null;
        before();
        answer.SetResult();
        await renewing.Soon();
        await other.DisposeAsync();
    }

    private async Task<List<LockGuard>> TakeAsync(int count, LockOptions? options = null)
    {
        var guards = new List<LockGuard>();
        for (var i = 0; i < count; i++) guards.Add(await new Lock(CancellationToken.None, (options ?? new LockOptions()) with { Provider = Here, Key = $"{i}" }).AcquireAsync());
        return guards;
    }
}
