namespace GoGoScope.Testing;

/// <summary>Permits of a key: never more than there are, in turn, by weight, and given back whatever becomes of their holder.</summary>
/// <typeparam name="THarness">The provider under test. One that grants no permits skips the suite.</typeparam>
public abstract class SemaphoreContract<THarness> : LockProviderContract<THarness> where THarness : LockProviderHarness, new()
{
    private Scope _scope = null!;

    private SemaphoreOptions EndsAlone => new() { TimeToLive = Harness.Moment, AutoRenew = false, Owner = "lessee" };

    /// <summary>The scope whose semaphores the tests use.</summary>
    [SetUp]
    public void MakeScope()
    {
        if (!Harness.Provider.GrantsPermits) Assert.Ignore($"{Harness.Provider.Name} grants no permits");
        _scope = NewScope(Harness.Provider);
    }

    /// <summary>Its end, before the look at what was left behind.</summary>
    [TearDown]
    public async Task EndScope()
    {
        if (_scope is not null) await _scope.DisposeAsync();
    }

    [Test]
    public async Task Never_more_permits_are_held_than_there_are_by_however_many()
    {
        const int Permits = 3, Contenders = 12;
        var processes = new List<ILockProvider> { Harness.Provider };
        if (Harness.WhyNot(LockCapability.SeveralProcesses) is null) processes.Add(Harness.AnotherProcess);
        var (held, most, rounds) = (0, 0, Math.Min(30, Harness.RoundsPerContender));
        var tokens = new HashSet<long>();
        await using var other = NewScope(processes[^1]);
        await Task.WhenAll(Enumerable.Range(0, Contenders).Select(number => Task.Run(async () =>
        {
            var weight = 1 + number % 3 % Permits;
            var semaphore = (number % 2 == 0 ? _scope : other).CreateSemaphore(Key, Permits);
            for (var i = 0; i < rounds; i++)
            {
                await using var guard = await semaphore.AcquireAsync(weight);
                var now = Interlocked.Add(ref held, weight);
                if (now > Permits) throw new AssertionException($"{now} permits are held of {Permits}");
                lock (tokens)
                {
                    most = Math.Max(most, now);
                    if (!tokens.Add(guard.GrantId)) throw new AssertionException($"token {guard.GrantId} was given twice");
                }
                await Task.Yield();
                Interlocked.Add(ref held, -weight);
            }
        }))).Soon();
        Assert.That(tokens, Has.Count.EqualTo(Contenders * rounds));
        Assert.That(most, Is.EqualTo(Permits), "all are used");
    }

    [Test]
    public async Task A_grant_takes_its_weight_and_gives_just_that_back()
    {
        var semaphore = _scope.CreateSemaphore(Key, 5);
        var two = await semaphore.AcquireAsync(2).Soon();
        await using var one = await semaphore.AcquireAsync().Soon();
        Assert.That((two.Weight, one.Weight, two.Key), Is.EqualTo((2, 1, Key)));
        Assert.That((semaphore.CurrentCount, semaphore.Permits, semaphore.Key, semaphore.Name), Is.EqualTo((2, 5, Key, Key)));
        Assert.That(await semaphore.TryAcquireAsync(3).Soon(), Is.Null);
        await using (var rest = await semaphore.TryAcquireAsync(2).Soon())
        {
            Assert.That(rest, Is.Not.Null);
            Assert.That(await semaphore.TryAcquireAsync().Soon(), Is.Null);
        }
        await two.DisposeAsync().Soon();
        await using var all = await semaphore.TryAcquireAsync(4).Soon();
        Assert.That(all, Is.Not.Null, "what was given back is there again");
        Assert.That(await semaphore.TryAcquireAsync().Soon(), Is.Null, "and no more");
        Assert.That(() => semaphore.AcquireAsync(6), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public async Task A_heavy_one_is_not_gone_past()
    {
        var semaphore = _scope.CreateSemaphore(Key, 3);
        var first = await semaphore.AcquireAsync(2).Soon();
        var second = await semaphore.AcquireAsync().Soon();
        var order = new List<string>();
        var heavy = await QueueAsync("heavy", () => semaphore.AcquireAsync(3), order);
        var light = await QueueAsync("light", () => semaphore.AcquireAsync(), order);
        await first.DisposeAsync().Soon();
        Assert.That(await semaphore.TryAcquireAsync().Soon(), Is.Null, "although one is free");
        Assert.That(order, Is.Empty);
        await second.DisposeAsync().Soon();
        await (await heavy.Soon()).DisposeAsync();
        await (await light.Soon()).DisposeAsync();
        Assert.That(order, Is.EqualTo(["heavy", "light"]));
    }

    [Test]
    public async Task A_higher_priority_goes_first_but_not_for_ever()
    {
        var semaphore = _scope.CreateSemaphore(Key, 2);
        var held = await semaphore.AcquireAsync(2).Soon();
        var order = new List<string>();
        var patient = await QueueAsync("patient", () => semaphore.AcquireAsync(2), order);
        var urgent = new Queue<Task<SemaphoreGuard>>();
        for (var i = 0; i < Lock.MaxPassedOver + 2; i++)
            urgent.Enqueue(await QueueAsync("urgent", () => semaphore.AcquireAsync(2, new AcquireOptions { Priority = 5 }), order));
        await held.DisposeAsync();
        for (var i = 0; i < Lock.MaxPassedOver; i++) await (await urgent.Dequeue().Soon()).DisposeAsync();
        await (await patient.Soon()).DisposeAsync();
        while (urgent.TryDequeue(out var one)) await (await one.Soon()).DisposeAsync();
        Assert.That(order.IndexOf("patient"), Is.EqualTo(Lock.MaxPassedOver));
    }

    [Test]
    public async Task A_wait_that_times_out_says_what_it_was_and_leaves_no_trace()
    {
        var semaphore = _scope.CreateSemaphore(Key, 2, new SemaphoreOptions { Owner = "holder" });
        await using var held = await semaphore.AcquireAsync().Soon();
        var heavy = await QueueForAMoment(() => semaphore.AcquireAsync(2, Harness.Moment).AsTask(), Key);
        var light = await QueueAsync("light", () => semaphore.AcquireAsync(), mayBeGranted: true);
        await Harness.PassAsync(Harness.Moment);
        var error = (await Assert.ThrowsAsync<SemaphoreTimeoutException>(() => heavy.Soon()))!;
        Assert.That((error.Name, error.Weight, error.Permits, error.Timeout, error.Holder), Is.EqualTo((Key, 2, 2, Harness.Moment, "holder")));
        await (await light.Soon()).DisposeAsync().Soon();
        Assert.That(await semaphore.TryAcquireAsync(2, TimeSpan.Zero).Soon(), Is.Null);
        await Assert.ThatAsync(() => semaphore.AcquireAsync(2, TimeSpan.Zero).Soon(), Throws.TypeOf<SemaphoreTimeoutException>());
        Assert.That((Waiters().Count, semaphore.WaitingCount), Is.EqualTo((0, 0)));
        await held.DisposeAsync().Soon();
        await using var all = await semaphore.TryAcquireAsync(2).Soon();
        Assert.That(all, Is.Not.Null);
    }

    [Test]
    public async Task Who_is_cancelled_lets_those_behind_go_on()
    {
        var semaphore = _scope.CreateSemaphore(Key, 3);
        await using var held = await semaphore.AcquireAsync().Soon();
        using var cancel = new CancellationTokenSource();
        var heavy = await QueueAsync("heavy", () => semaphore.AcquireAsync(3, cancel.Token));
        var lights = new[] { await QueueAsync("light", () => semaphore.AcquireAsync()), await QueueAsync("light", () => semaphore.AcquireAsync()) };
        await cancel.CancelAsync();
        var error = (await Assert.CatchAsync<OperationCanceledException>(() => heavy.Soon()))!;
        Assert.That(error.CancellationToken, Is.EqualTo(cancel.Token));
        foreach (var light in lights) _ = await light.Soon();
        Assert.That(await semaphore.TryAcquireAsync().Soon(), Is.Null);
        foreach (var light in lights) await (await light).DisposeAsync();
    }

    [Test]
    public async Task A_grant_that_races_a_cancellation_is_never_lost()
    {
        var semaphore = _scope.CreateSemaphore(Key, 2);
        for (var round = 0; round < 20; round++)
        {
            var held = await semaphore.AcquireAsync(2).Soon();
            using var cancel = new CancellationTokenSource();
            var waiting = semaphore.AcquireAsync(1 + round % 2, cancel.Token).AsTask();
            var behind = semaphore.AcquireAsync(2).AsTask();
            await Task.WhenAll(Task.Run(() => held.DisposeAsync().AsTask()), Task.Run(cancel.Cancel)).Soon();
            try
            {
                await (await waiting.Soon()).DisposeAsync();
            }
            catch (OperationCanceledException)
            {
                // As good.
            }
            await (await behind.Soon()).DisposeAsync().Soon();
        }
    }

    [Test]
    public async Task A_guard_that_is_disposed_again_gives_nothing_back_twice()
    {
        var semaphore = _scope.CreateSemaphore(Key, 4);
        var guard = await semaphore.AcquireAsync(2).Soon();
        var copy = guard;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => copy.DisposeAsync().AsTask()))).Soon();
        await using var three = await semaphore.AcquireAsync(3).Soon();
        await guard.DisposeAsync();
        Assert.That((guard.IsHeld, three.IsHeld), Is.EqualTo((false, true)));
        Assert.That(() => guard.Weight, Throws.TypeOf<ObjectDisposedException>());
        Assert.That(await semaphore.TryAcquireAsync(2).Soon(), Is.Null);
    }

    [Test]
    public async Task A_lease_that_ends_gives_back_its_permits_and_no_others()
    {
        var semaphore = _scope.CreateSemaphore(Key, 4);
        await using var kept = await semaphore.AcquireAsync().Soon();
        var lease = await _scope.CreateSemaphore(Key, 4, EndsAlone with { TimeToLive = Harness.LongTime }).AcquireAsync(3).Soon();
        var lost = lease.LostToken;
        lease.ThrowIfLost();
        Assert.That(await semaphore.TryAcquireAsync().Soon(), Is.Null);
        var next = await QueueAsync("next", () => semaphore.AcquireAsync(2));
        await lease.RenewAsync(Harness.Moment).Soon();
        await Harness.PassAsync(Harness.Moment);
        await using var guard = await next.Soon();
        await Waiting.Until(() => lost.IsCancellationRequested, "the holder hears of it");
        Assert.That((lease.IsHeld, kept.IsHeld, guard.IsHeld), Is.EqualTo((false, true, true)));
        var error = Assert.Throws<LeaseLostException>(lease.ThrowIfLost)!;
        Assert.That((error.Key, error.FencingToken), Is.EqualTo((Key, lease.GrantId)));
        await Assert.ThatAsync(async () => await lease.RenewAsync(Harness.Moment), Throws.TypeOf<LeaseLostException>());
        await lease.DisposeAsync().Soon();
        await using var last = await semaphore.TryAcquireAsync().Soon();
        Assert.That(last, Is.Not.Null);
        Assert.That(await semaphore.TryAcquireAsync().Soon(), Is.Null, "the late dispose has freed nothing");
    }

    [Test]
    public async Task A_lease_is_renewed_as_long_as_its_guard_lives()
    {
        var options = new SemaphoreOptions { TimeToLive = Harness.Moment * 8 };
        await using var guard = await _scope.CreateSemaphore(Key, 2, options).AcquireAsync(2).Soon();
        await OutliveAsync(options.TimeToLive!.Value);
        Assert.That((guard.IsHeld, guard.LostToken.IsCancellationRequested), Is.EqualTo((true, false)));
        Assert.That(await _scope.CreateSemaphore(Key, 2).TryAcquireAsync().Soon(), Is.Null);
    }

    [Test]
    public async Task Another_number_of_permits_is_refused_while_the_key_is_in_use()
    {
        var (four, five) = (_scope.CreateSemaphore(Key, 4), _scope.CreateSemaphore(Key, 5));
        var guard = await four.AcquireAsync().Soon();
        var error = (await Assert.ThrowsAsync<KeyInOtherUseException>(() => five.AcquireAsync().Soon()))!;
        Assert.That(error.Key, Is.EqualTo(Key));
        Assert.That(error.Message, Does.Contain(Key).And.Contain("in use as a semaphore of 4 permits").And.Contain("asked for as a semaphore of 5 permits"));
        await Assert.ThatAsync(() => five.TryAcquireAsync().Soon(), Throws.TypeOf<KeyInOtherUseException>());
        await guard.DisposeAsync().Soon();
        await using (await five.AcquireAsync().Soon()) await Assert.ThatAsync(() => four.AcquireAsync().Soon(), Throws.TypeOf<KeyInOtherUseException>());
    }

    [Test]
    public async Task A_key_is_not_a_lock_and_a_semaphore_at_once([Values] bool elsewhere)
    {
        if (elsewhere) Needs(LockCapability.SeveralProcesses);
        var semaphore = _scope.CreateSemaphore(Key, 2);
        var @lock = NewLock(provider: elsewhere ? Harness.AnotherProcess : null);
        var permit = await semaphore.AcquireAsync().Soon();
        var error = (await Assert.ThrowsAsync<KeyInOtherUseException>(() => @lock.AcquireAsync().Soon()))!;
        Assert.That(error.Message, Does.Contain("in use as a semaphore of 2 permits").And.Contain("asked for as a lock"));
        await Assert.ThatAsync(() => @lock.AcquireReadAsync().Soon(), Throws.TypeOf<KeyInOtherUseException>());
        await Assert.ThatAsync(() => @lock.TryAcquireReadAsync().Soon(), Throws.TypeOf<KeyInOtherUseException>());
        await permit.DisposeAsync().Soon();

        // Each kind of lock comes once right after a semaphore.
        foreach (var mode in (LockMode[])[LockMode.Exclusive, LockMode.Read])
        {
            await (await semaphore.AcquireAsync(2).Soon()).DisposeAsync().Soon();
            var guard = await @lock.Acquire(mode).Soon();
            Assert.That(guard.Mode, Is.EqualTo(mode));
            error = (await Assert.ThrowsAsync<KeyInOtherUseException>(() => semaphore.AcquireAsync().Soon()))!;
            Assert.That(error.Message, Does.Contain("in use as a lock").And.Contain("asked for as a semaphore of 2 permits"));
            await Assert.ThatAsync(() => semaphore.TryAcquireAsync(2).Soon(), Throws.TypeOf<KeyInOtherUseException>());
            await guard.DisposeAsync().Soon();
        }
        await (await semaphore.AcquireAsync(2).Soon()).DisposeAsync();
    }

    [Test]
    public async Task Processes_share_the_permits()
    {
        Needs(LockCapability.SeveralProcesses);
        var process = Harness.AnotherProcess;
        await using var other = NewScope(process);
        var (here, there) = (_scope.CreateSemaphore(Key, 3), other.CreateSemaphore(Key, 3));
        var first = await here.AcquireAsync(2).Soon();
        var second = await there.AcquireAsync().Soon();
        Assert.That(second.GrantId, Is.GreaterThan(first.GrantId));
        Assert.That(await there.TryAcquireAsync().Soon(), Is.Null);
        Assert.That(await here.TryAcquireAsync().Soon(), Is.Null);
        await Assert.ThatAsync(() => other.CreateSemaphore(Key, 4).AcquireAsync().Soon(), Throws.TypeOf<KeyInOtherUseException>());
        var heavy = there.AcquireAsync(2).AsTask();
        await Waiting.Until(() => Waiters(provider: process).Count == 1, "the other process waits");
        Assert.That(await here.TryAcquireAsync().Soon(), Is.Null);
        await first.DisposeAsync().Soon();
        await using var third = await heavy.Soon();
        Assert.That(third.GrantId, Is.GreaterThan(second.GrantId));
        await using var fourth = await here.TryAcquireAsync().Soon();
        Assert.That(fourth, Is.Null);
        await second.DisposeAsync().Soon();
    }

    [Test]
    public async Task Tokens_of_grants_that_follow_each_other_rise()
    {
        var semaphore = _scope.CreateSemaphore(Key, 2);
        long last = 0;
        for (var i = 0; i < 6; i++)
        {
            await using var guard = await semaphore.AcquireAsync(1 + i % 2).Soon();
            Assert.That(guard.GrantId, Is.GreaterThan(last));
            last = guard.GrantId;
        }
        Assert.That(default(SemaphoreGuard).GrantId, Is.Zero);
    }

    [Test]
    public async Task The_end_of_a_scope_gives_back_what_it_holds_and_ends_its_waits()
    {
        var semaphore = _scope.CreateSemaphore(Key, 2);
        var scope = NewScope(Harness.Provider);
        var (left, closed) = (scope.CreateSemaphore(Key, 2), scope.CreateSemaphore(Key, 2));
        var guard = await left.AcquireAsync(2).Soon();
        var disposed = await QueueAsync("disposed", () => closed.AcquireAsync());
        await closed.DisposeAsync();
        var error = (await Assert.ThrowsAsync<ObjectDisposedException>(() => disposed.Soon()))!;
        Assert.That(error.ObjectName, Is.EqualTo(nameof(AsyncSemaphore)));
        var cut = await QueueAsync("cut", () => left.AcquireAsync());
        var running = await QueueAsync("run", async () => { await left.RunAsync(_ => Task.CompletedTask); return default; });
        await scope.DisposeAsync().Soon();
        await Assert.ThatAsync(() => cut.Soon(), Throws.InstanceOf<OperationCanceledException>());
        await Assert.ThatAsync(() => running.Soon(), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(guard.IsHeld, Is.False);
        Assert.That(await semaphore.RunAsync(_ => Task.FromResult(7), weight: 2).Soon(), Is.EqualTo(7));
    }

    private Scope NewScope(ILockProvider provider) => Scope.Create(new ScopeOptions { LockProvider = provider, TimeProvider = Harness.Time });

    /// <summary>Starts to wait, returns when that stands in the queue, and notes when it is granted.</summary>
    private async Task<Task<SemaphoreGuard>> QueueAsync(string name, Func<ValueTask<SemaphoreGuard>> acquire, List<string>? order = null, bool mayBeGranted = false)
    {
        var before = Waiters().Count;
        var waiting = WaitAsync();
        await Waiting.Until(() => waiting.IsCompleted || Waiters().Count > before, $"{name} stands in the queue");
        if (waiting.IsCompleted && !(mayBeGranted && HasRealClock)) Assert.Fail($"{name} did not have to wait: {waiting.Status} {waiting.Exception?.InnerException?.Message}");
        return waiting;

        async Task<SemaphoreGuard> WaitAsync()
        {
            var guard = await acquire();
            if (order is not null)
            {
                lock (order) order.Add(name);
            }
            return guard;
        }
    }
}
