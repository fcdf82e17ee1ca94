namespace GoGoScope.Testing;

/// <summary>A lease that is not renewed ends; its holder hears of it, and nobody is harmed.</summary>
public abstract class LeaseContract<THarness> : LockProviderContract<THarness> where THarness : LockProviderHarness, new()
{
    private static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(1);

    private LockOptions EndsAlone => new() { TimeToLive = Harness.Moment, AutoRenew = false, Owner = "lessee" };

    [Test]
    public async Task An_unrenewed_lease_ends_and_the_next_waiter_goes_on([Values(LockMode.Exclusive, LockMode.Read)] LockMode mode)
    {
        var lease = await NewLock(options: EndsAlone).Acquire(mode).Soon();
        var lost = lease.LostToken;
        var next = await Queue(NewLock(), mayBeGranted: true);
        await Harness.PassAsync(Harness.Moment);
        await using var guard = await next.Soon();
        await Waiting.Until(() => lost.IsCancellationRequested, "the holder hears of it");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lease.IsHeld, Is.False);
            Assert.That(lease.LostToken.IsCancellationRequested);
            Assert.That(guard.LostToken.IsCancellationRequested, Is.False, "the next holder's token is its own");
            var error = Assert.Throws<LeaseLostException>(lease.ThrowIfLost)!;
            Assert.That(error.Key, Is.EqualTo(Key));
            Assert.That(error.FencingToken, Is.EqualTo(lease.FencingToken));
            Assert.That(error.Message, Does.Contain(Key).And.Contain($"{lease.FencingToken}"));
            await Assert.ThatAsync(async () => await lease.RenewAsync(Harness.Moment), Throws.TypeOf<LeaseLostException>());
        }
        await lease.DisposeAsync();
        Assert.That(guard.IsHeld);
    }

    [Test]
    public async Task A_lease_ends_neither_early_nor_late()
    {
        Needs(LockCapability.ControlledClock);
        var lease = await NewLock(options: EndsAlone).AcquireAsync().Soon();
        await Harness.PassAsync(Harness.Moment - Instant);
        Assert.That(lease.IsHeld);
        Assert.That(await NewLock().TryAcquireAsync().Soon(), Is.Null);
        Assert.That(lease.LostToken.IsCancellationRequested, Is.False);
        await Harness.PassAsync(Instant);
        Assert.That(lease.IsHeld, Is.False);
        await using var next = await NewLock().TryAcquireAsync().Soon();
        Assert.That(next, Is.Not.Null);
        await Waiting.Until(() => lease.LostToken.IsCancellationRequested, "the holder hears of it");
        await lease.DisposeAsync();
    }

    [Test]
    public async Task Renewing_moves_the_end_later_or_earlier()
    {
        Needs(LockCapability.ControlledClock);
        var lease = await NewLock(options: EndsAlone).AcquireAsync().Soon();
        for (var i = 0; i < 5; i++)
        {
            await Harness.PassAsync(Harness.Moment - Instant);
            await lease.RenewAsync(Harness.Moment).Soon();
        }
        Assert.That(lease.IsHeld);
        await lease.RenewAsync(Harness.Moment / 10).Soon();
        await Harness.PassAsync(Harness.Moment / 10 - Instant);
        Assert.That(lease.IsHeld);
        await Harness.PassAsync(Instant);
        Assert.That(lease.IsHeld, Is.False);
        await Waiting.Until(() => lease.LostToken.IsCancellationRequested, "the holder hears of it");
        await lease.DisposeAsync();
    }

    [Test]
    public async Task An_auto_renewed_lease_outlives_its_time([Values(LockMode.Exclusive, LockMode.Read)] LockMode mode)
    {
        var timeToLive = Harness.Moment * 8;
        await using var lease = await NewLock(options: new LockOptions { TimeToLive = timeToLive }).Acquire(mode).Soon();
        await OutliveAsync(timeToLive);
        Assert.That(lease.IsHeld);
        Assert.That(lease.LostToken.IsCancellationRequested, Is.False);
        Assert.That(await NewLock().TryAcquireAsync().Soon(), Is.Null);
    }

    [Test]
    public async Task MaxHold_ends_the_renewal_of_a_holder_that_hangs()
    {
        var started = Harness.Time.GetTimestamp();
        var lease = await NewLock(options: new LockOptions { TimeToLive = Harness.Moment * 8, MaxHold = Harness.Moment * 10 }).AcquireAsync().Soon();
        var next = await Queue(NewLock(), mayBeGranted: true);
        if (!HasRealClock)
        {
            await Harness.PassAsync(Harness.Moment * 9);
            Assert.That(lease.IsHeld);
            Assert.That(next.IsCompleted, Is.False);
            await Harness.PassAsync(Harness.Moment);
        }
        await (await next.Soon()).DisposeAsync();
        Assert.That(Harness.Time.GetElapsedTime(started), Is.GreaterThan(Harness.Moment * 9), "it was renewed before");
        Assert.That(lease.ThrowIfLost, Throws.TypeOf<LeaseLostException>());
        await lease.DisposeAsync();
    }

    [Test]
    public async Task A_renewal_reaches_no_further_than_MaxHold()
    {
        Needs(LockCapability.ControlledClock);
        var lease = await NewLock(options: new LockOptions { TimeToLive = Harness.Moment, MaxHold = Harness.Moment * 3 }).AcquireAsync().Soon();
        await Harness.PassAsync(Harness.Moment);
        await lease.RenewAsync(Harness.Moment * 100).Soon();
        await Harness.PassAsync(Harness.Moment * 2 - Instant);
        Assert.That(lease.IsHeld);
        await Harness.PassAsync(Instant);
        Assert.That(lease.IsHeld, Is.False);
        await lease.DisposeAsync();
    }

    [Test]
    public async Task Releasing_never_fires_the_lost_token()
    {
        var timeToLive = Harness.Moment * (HasRealClock ? 4 : 1);
        var endsAlone = EndsAlone with { TimeToLive = timeToLive };
        var (lease, lost, fired) = await HoldAndReleaseAsync(endsAlone);
        // One that is renewed until then, too.
        var (renewed, renewedLost, renewedFired) = await HoldAndReleaseAsync(endsAlone with { AutoRenew = true });
        await using var next = await NewLock(options: EndsAlone).AcquireAsync().Soon();
        await Harness.PassAsync(timeToLive + Harness.Moment);
        await Waiting.Until(() => next.LostToken.IsCancellationRequested, "the next holder's lease, which was not released, is lost");
        Assert.That((fired(), renewedFired()), Is.EqualTo((0, 0)));
        Assert.That(lost.IsCancellationRequested || lease.LostToken.IsCancellationRequested, Is.False);
        Assert.That(renewedLost.IsCancellationRequested || renewed.LostToken.IsCancellationRequested, Is.False);

        // In time, and not as late as only a real clock can be.
        async Task<(LockGuard Lease, CancellationToken Lost, Func<int> Fired)> HoldAndReleaseAsync(LockOptions options)
        {
            while (true)
            {
                var (started, fired) = (Harness.Time.GetTimestamp(), 0);
                var lease = await NewLock(options: options).AcquireAsync().Soon();
                var lost = lease.LostToken;
                lost.UnsafeRegister(_ => Interlocked.Increment(ref fired), null);
                await lease.DisposeAsync();
                if (Harness.Time.GetElapsedTime(started) < timeToLive) return (lease, lost, () => Volatile.Read(ref fired));
            }
        }
    }

    [Test]
    public async Task The_lost_token_is_readable_at_any_time()
    {
        var lease = await NewLock(options: EndsAlone).AcquireAsync().Soon();
        await Harness.PassAsync(Harness.Moment);
        await Waiting.Until(() => lease.LostToken.IsCancellationRequested, "a token that is read only after the loss is cancelled");
        await lease.DisposeAsync();
        Assert.That(() => lease.LostToken, Throws.Nothing);
        var released = await NewLock().AcquireAsync().Soon();
        await released.DisposeAsync();
        Assert.That(released.LostToken.IsCancellationRequested, Is.False);
    }

    [Test]
    public async Task A_holder_that_lost_its_lease_keeps_hearing_so_while_others_use_the_key()
    {
        var lease = await NewLock(options: EndsAlone).AcquireAsync().Soon();
        await Harness.PassAsync(Harness.Moment);
        for (var i = 0; i < 50; i++) await (await NewLock().AcquireAsync().Soon()).DisposeAsync();
        Assert.That(lease.ThrowIfLost, Throws.TypeOf<LeaseLostException>());
        Assert.That(lease.LostToken.IsCancellationRequested);
        await lease.DisposeAsync();
    }

    [Test]
    public async Task The_lease_of_one_reader_ends_alone()
    {
        var crashed = await NewLock(options: EndsAlone).AcquireReadAsync().Soon();
        var alive = await NewLock().AcquireReadAsync().Soon();
        var writer = await Queue(NewLock());
        await Harness.PassAsync(Harness.Moment);
        await Waiting.Until(() => Holders().Count == 1, "one reader is left");
        Assert.That(alive.IsHeld);
        Assert.That(Holders().Single().Mode, Is.EqualTo(LockMode.Read));
        Assert.That(Waiters(), Has.Count.EqualTo(1));
        Assert.That(writer.IsCompleted, Is.False);
        await alive.DisposeAsync();
        await (await writer.Soon()).DisposeAsync();
        await crashed.DisposeAsync();
    }

    [Test]
    public async Task A_lease_starts_with_the_grant_not_with_the_wait()
    {
        Needs(LockCapability.ControlledClock);
        var holder = await NewLock().AcquireAsync().Soon();
        var waiting = await Queue(NewLock(options: EndsAlone));
        await Harness.PassAsync(Harness.Moment * 5);
        await holder.DisposeAsync();
        var lease = await waiting.Soon();
        await Harness.PassAsync(Harness.Moment - Instant);
        Assert.That(lease.IsHeld);
        await Harness.PassAsync(Instant);
        Assert.That(lease.IsHeld, Is.False);
        await lease.DisposeAsync();
    }

    [Test]
    public async Task Losing_the_lease_cancels_what_runs_exclusively_under_it()
    {
        var started = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = NewLock(options: EndsAlone).RunExclusiveAsync(async (guard, ct) =>
        {
            // As work does that has a time-out of its own.
            using var own = CancellationTokenSource.CreateLinkedTokenSource(ct);
            started.SetResult(guard.FencingToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, own.Token);
        });
        var token = await started.Task.Soon();
        await Harness.PassAsync(Harness.Moment);
        var lost = (await Assert.ThrowsAsync<LeaseLostException>(async () => await run.Soon()))!;
        Assert.That((lost.Key, lost.FencingToken, lost.InnerException is OperationCanceledException), Is.EqualTo((Key, token, true)));
    }

    [Test]
    public async Task Losing_the_lease_cancels_the_scope_where_that_was_asked_for()
    {
        var scope = Scope.Create(new ScopeOptions { LockProvider = Harness.Provider, TimeProvider = Harness.Time });
        var lease = await scope.CreateLock(Key, EndsAlone with { TimeToLive = Harness.LongTime, OnLost = LeaseLossAction.CancelScope }).AcquireAsync().Soon();
        await lease.RenewAsync(Harness.Moment).Soon();
        await Harness.PassAsync(Harness.Moment);
        await Waiting.Until(() => scope.Token.IsCancellationRequested, "the scope is cancelled");
        await lease.DisposeAsync();
        try
        {
            await scope.DisposeAsync().Soon();
        }
        catch (LeaseLostException)
        {
            // Whether the end of the scope throws it is the scope's affair.
        }
    }

    [TestCase(0)]
    [TestCase(-1)]
    public async Task A_renewal_by_nothing_is_refused(int milliseconds)
    {
        await using var guard = await NewLock().AcquireAsync().Soon();
        var error = (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await guard.RenewAsync(TimeSpan.FromMilliseconds(milliseconds))))!;
        Assert.That(error.ActualValue, Is.EqualTo(TimeSpan.FromMilliseconds(milliseconds)));
        Assert.That(guard.IsHeld);
    }
}
