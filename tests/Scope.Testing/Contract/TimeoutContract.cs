namespace GoGoScope.Testing;

/// <summary>A wait has an end, and leaves no trace.</summary>
public abstract class TimeoutContract<THarness> : LockProviderContract<THarness> where THarness : LockProviderHarness, new()
{
    private AcquireOptions AMoment => new() { Timeout = Harness.Moment };

    [Test]
    public async Task Zero_means_one_try([Values] RequestForm form)
    {
        var once = new AcquireOptions { Timeout = TimeSpan.Zero };
        await using (await NewLock().AcquireAsync().Soon())
        {
            if (form.IsTry()) Assert.That(await form.Start(NewLock(), once).Soon(), Is.Null);
            else await Assert.ThatAsync(async () => await form.Start(NewLock(), once).Soon(), Throws.TypeOf<LockTimeoutException>().With.Property(nameof(LockTimeoutException.Timeout)).EqualTo(TimeSpan.Zero));
            Assert.That(Waiters(), Is.Empty);
        }
        var granted = await form.Start(NewLock(), once).Soon();
        Assert.That(granted, Is.Not.Null, "it is free now");
        await granted!.Value.DisposeAsync();
    }

    [Test]
    public async Task A_try_whose_options_have_no_timeout_does_not_wait()
    {
        var urgent = new AcquireOptions { Priority = 1 };
        await using var holder = await NewLock().AcquireAsync().Soon();
        Assert.That(await NewLock().TryAcquireAsync(urgent).Soon(), Is.Null);
        Assert.That(await NewLock().TryAcquireReadAsync(urgent).Soon(), Is.Null);
        Assert.That(await NewLock().TryAcquireWriteAsync(urgent).Soon(), Is.Null);
    }

    [Test]
    public async Task The_error_names_key_mode_and_timeout([Values(RequestForm.Acquire, RequestForm.AcquireRead, RequestForm.AcquireWrite)] RequestForm form)
    {
        await using var holder = await NewLock(options: new LockOptions { Owner = "the-holder" }).AcquireAsync().Soon();
        var waiting = await Queue(NewLock(), form, AMoment);
        await Harness.PassAsync(Harness.Moment);
        var error = (await Assert.ThrowsAsync<LockTimeoutException>(() => waiting.Soon()))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(error, Is.InstanceOf<TimeoutException>());
            Assert.That(error.Key, Is.EqualTo(Key));
            Assert.That(error.Mode, Is.EqualTo(form.Mode()));
            Assert.That(error.Timeout, Is.EqualTo(Harness.Moment));
            Assert.That(error.Holder, Is.Null.Or.EqualTo("the-holder"));
            Assert.That(error.Message, Does.Contain(Key).And.Contain(LockTextOf(Harness.Moment)));
        }
    }

    [Test]
    public async Task Nothing_blocks_behind_a_ghost([Values] RequestForm form)
    {
        var holder = await NewLock().AcquireAsync().Soon();
        var leaving = await Queue(NewLock(), form, AMoment);
        var staying = NewLock().AcquireAsync().AsTask();
        await Waiting.Until(() => Waiters().Count == 2 || (HasRealClock && leaving.IsCompleted), "both wait");
        await Harness.PassAsync(Harness.Moment);
        if (form.IsTry()) Assert.That(await leaving.Soon(), Is.Null);
        else await Assert.ThatAsync(async () => await leaving.Soon(), Throws.TypeOf<LockTimeoutException>());
        Assert.That(Waiters(), Has.Count.EqualTo(1));
        await holder.DisposeAsync();
        await (await staying.Soon()).DisposeAsync();
    }

    [Test]
    public async Task A_wait_ends_neither_early_nor_late()
    {
        Needs(LockCapability.ControlledClock);
        await using var holder = await NewLock().AcquireAsync().Soon();
        var waiting = await Queue(NewLock(), RequestForm.Acquire, AMoment);
        await Harness.PassAsync(Harness.Moment - TimeSpan.FromMilliseconds(1));
        Assert.That(waiting.IsCompleted, Is.False);
        Assert.That(Waiters(), Has.Count.EqualTo(1));
        await Harness.PassAsync(TimeSpan.FromMilliseconds(1));
        Assert.That(Waiters(), Is.Empty);
        await Assert.ThatAsync(async () => await waiting.Soon(), Throws.TypeOf<LockTimeoutException>());
    }

    [Test]
    public async Task Each_waiter_has_its_own_time()
    {
        Needs(LockCapability.ControlledClock);
        var holder = await NewLock().AcquireAsync().Soon();
        var times = new[] { 5, 1, 4, 2, 3 };
        var waiting = new List<(int Time, Task<LockGuard> Task)>();
        foreach (var time in times)
            waiting.Add((time, await Queue(NewLock(), options: new AcquireOptions { Timeout = Harness.Moment * time })));
        var patient = await Queue(NewLock());
        for (var now = 1; now <= times.Length; now++)
        {
            await Harness.PassAsync(Harness.Moment);
            Assert.That(Waiters(), Has.Count.EqualTo(times.Length - now + 1));
            var due = waiting.Single(w => w.Time == now).Task;
            await Assert.ThatAsync(async () => await due.Soon(), Throws.TypeOf<LockTimeoutException>());
        }
        await holder.DisposeAsync();
        await (await patient.Soon()).DisposeAsync();
    }

    [Test]
    public async Task A_grant_ends_the_timeout()
    {
        Needs(LockCapability.ControlledClock);
        var holder = await NewLock().AcquireAsync().Soon();
        var waiting = await Queue(NewLock(), RequestForm.Acquire, AMoment);
        await holder.DisposeAsync();
        await using var guard = (await waiting.Soon())!.Value;
        await Harness.PassAsync(Harness.Moment * 2);
        Assert.That(guard.IsHeld);
        Assert.That(guard.LostToken.IsCancellationRequested, Is.False);
    }

    [Test]
    public async Task Very_long_and_infinite_waits_are_waits([Values(false, true)] bool infinite)
    {
        // Renewed not too often in all that time.
        var holder = await NewLock(options: new LockOptions { TimeToLive = TimeSpan.FromHours(1) }).AcquireAsync().Soon();
        var waiting = await Queue(NewLock(), options: new AcquireOptions { Timeout = infinite ? Timeout.InfiniteTimeSpan : TimeSpan.MaxValue });
        if (!HasRealClock) await Harness.PassAsync(TimeSpan.FromDays(100));
        Assert.That(waiting.IsCompleted, Is.False);
        await holder.DisposeAsync();
        await (await waiting.Soon()).DisposeAsync();
    }

    [Test]
    public async Task A_lone_TimeSpan_on_a_lock_is_the_timeout()
    {
        var holder = await NewLock().AcquireAsync().Soon();
        var @lock = NewLock();
        foreach (var timeout in new[] { TimeSpan.Zero, Harness.Moment })
        {
            Task<LockGuard?>[] tries =
                [@lock.TryAcquireAsync(timeout).AsTask(), @lock.TryAcquireReadAsync(timeout).AsTask(), @lock.TryAcquireWriteAsync(timeout).AsTask()];
            Task<LockGuard>[] waits =
                [@lock.AcquireAsync(timeout).AsTask(), @lock.AcquireReadAsync(timeout).AsTask(), @lock.AcquireWriteAsync(timeout).AsTask()];
            if (timeout > TimeSpan.Zero)
            {
                await Waiting.Until(() => Waiters().Count == 6 || (HasRealClock && waits.Any(wait => wait.IsCompleted)), "six wait");
                await Harness.PassAsync(timeout);
            }
            foreach (var attempt in tries) Assert.That(await attempt.Soon(), Is.Null);
            foreach (var wait in waits)
            {
                var error = (await Assert.ThrowsAsync<LockTimeoutException>(() => wait.Soon()))!;
                Assert.That(error.Timeout, Is.EqualTo(timeout));
            }
        }
        await holder.DisposeAsync();
        await using var guard = await @lock.AcquireAsync(Harness.LongTime).Soon();
        Assert.That(guard.IsHeld);
    }

    [Test]
    [NonParallelizable]
    public void A_timeout_that_races_the_grant_has_exactly_one_outcome()
    {
        Needs(LockCapability.ControlledClock);
        var (first, second, third) = (NewLock(), NewLock(), NewLock());
        var (granted, timedOut) = (0, 0);
        LockGuard holder = default;
        Task<LockGuard?> waiting = null!;
        Race.Run(
            Harness.RaceRounds,
            prepare: _ =>
            {
                holder = first.AcquireAsync().Soon().GetAwaiter().GetResult();
                waiting = Queue(second, RequestForm.TryAcquire, AMoment).GetAwaiter().GetResult();
            },
            first: () => holder.DisposeAsync().Soon().GetAwaiter().GetResult(),
            second: () => Harness.PassAsync(Harness.Moment).Soon().GetAwaiter().GetResult(),
            firstWon: round =>
            {
                var outcome = waiting.Spin();
                if (outcome is { } guard)
                {
                    granted++;
                    if (!guard.IsHeld) Assert.Fail($"round {round}: granted, but not held");
                    guard.DisposeAsync().Soon().GetAwaiter().GetResult();
                }
                else
                {
                    timedOut++;
                }
                // The permit is there for the next one in either case.
                third.AcquireAsync().AsTask().Spin().DisposeAsync().Soon().GetAwaiter().GetResult();
                return outcome is not null;
            });
        TestContext.Out.WriteLine($"granted {granted}, timed out {timedOut}");
        Assert.That(granted + timedOut, Is.EqualTo(Harness.RaceRounds));
    }

    private static string LockTextOf(TimeSpan duration) =>
        duration < TimeSpan.FromSeconds(1) ? $"{duration.TotalMilliseconds:0} ms" : $"{duration.TotalSeconds:0} s";
}
