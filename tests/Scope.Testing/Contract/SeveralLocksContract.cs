namespace GoGoScope.Testing;

/// <summary>Several locks at once: all or none, without deadlock, under one guard.</summary>
/// <typeparam name="THarness">The provider under test.</typeparam>
public abstract class SeveralLocksContract<THarness> : LockProviderContract<THarness> where THarness : LockProviderHarness, new()
{
    private string[] _keys = [];

    /// <summary>Names them in an order that is not the one in which they are taken.</summary>
    [SetUp]
    public void NameKeys() => _keys = [$"{Key}:b", $"{Key}:c", $"{Key}:a"];

    [Test]
    public async Task All_are_held_until_the_guard_is_disposed()
    {
        var all = await Lock.AcquireAllAsync(Locks()).Soon();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(all.IsHeld);
            Assert.That(all.Guards.Select(guard => guard.Key), Is.EqualTo(_keys), "in the order in which they were named");
            foreach (var key in _keys)
            {
                Assert.That(all[key].Key, Is.EqualTo(key));
                Assert.That(all[key].FencingToken, Is.Positive);
                Assert.That(await NewLock(key).TryAcquireAsync().Soon(), Is.Null);
            }
            Assert.That(() => all[Key], Throws.TypeOf<KeyNotFoundException>().With.Message.Contains(Key));
            Assert.That(all.ThrowIfLost, Throws.Nothing);
        }
        var token = all[_keys[1]].FencingToken;
        await all.DisposeAsync().Soon();
        Assert.That(all.IsHeld, Is.False);
        Assert.That(all.ThrowIfLost, Throws.TypeOf<ObjectDisposedException>());
        Assert.That(all[_keys[1]].FencingToken, Is.EqualTo(token), "tokens are readable after dispose");
        await AllAreFreeAsync();
        await using var other = await NewLock(_keys[0]).AcquireAsync().Soon();
        await all.DisposeAsync().Soon();
        Assert.That(other.IsHeld, "disposing it again frees nobody else's hold");
    }

    [Test]
    public async Task Opposite_orders_do_not_deadlock()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            var locks = (i % 2 == 0 ? Locks() : Locks().Reverse()).ToList();
            for (var round = 0; round < Harness.RoundsPerContender; round++)
            {
                await using var all = await Lock.AcquireAllAsync(locks);
                Assert.That(all.IsHeld);
            }
        }))).Soon();
    }

    [Test]
    public async Task All_take_the_same_lock_first_whatever_order_they_name_them_in()
    {
        var held = await Lock.AcquireAllAsync(Locks()).Soon();
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = Harness.Provider, TimeProvider = Harness.Time });
        Task<LockGuardSet>[] acquiring =
        [
            Lock.AcquireAllAsync(Locks()).AsTask(),
            Lock.AcquireAllAsync(Locks().Reverse()).AsTask(),
            scope.AcquireLocksAsync(_keys).AsTask(),
            scope.AcquireLocksAsync(_keys.Reverse()).AsTask(),
        ];
        await Waiting.Until(() => Waiters(_keys[2]).Count == acquiring.Length, "all of them wait for the first key");
        await held.DisposeAsync();
        foreach (var all in acquiring) await (await all.Soon()).DisposeAsync();
    }

    [Test]
    public async Task Who_fails_to_get_one_keeps_none([Values(0, 1, 2)] int taken)
    {
        await using var held = await NewLock(_keys[taken]).AcquireAsync().Soon();
        Assert.That(await Lock.TryAcquireAllAsync(Locks()).Soon(), Is.Null);
        await OthersAreFreeAsync(taken);
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = Harness.Provider, TimeProvider = Harness.Time });
        Assert.That(await scope.TryAcquireLocksAsync(_keys).Soon(), Is.Null);
        await OthersAreFreeAsync(taken);
        var error = (await Assert.ThrowsAsync<LockTimeoutException>(async () => await Lock.AcquireAllAsync(Locks(), TimeSpan.Zero).Soon()))!;
        Assert.That(error.Key, Is.EqualTo(_keys[taken]));
        await OthersAreFreeAsync(taken);
    }

    [Test]
    public async Task The_time_is_for_all_together()
    {
        Needs(LockCapability.ControlledClock);
        var (first, second) = (await NewLock(_keys[2]).AcquireAsync().Soon(), await NewLock(_keys[0]).AcquireAsync().Soon());
        var timeout = Harness.Moment * 2;
        var acquiring = Lock.AcquireAllAsync(Locks(), new AcquireOptions { Timeout = timeout, Priority = 3 }).AsTask();
        await Waiting.Until(() => Waiters(_keys[2]).Count == 1, "it waits for the first");
        Assert.That(Waiters(_keys[2]).Single().Priority, Is.EqualTo(3));
        await Harness.PassAsync(Harness.Moment);
        await first.DisposeAsync();
        await Waiting.Until(() => Waiters(_keys[0]).Count == 1, "it waits for the second");
        await Harness.PassAsync(Harness.Moment - TimeSpan.FromMilliseconds(1));
        Assert.That(acquiring.IsCompleted, Is.False);
        await Harness.PassAsync(TimeSpan.FromMilliseconds(1));
        var error = (await Assert.ThrowsAsync<LockTimeoutException>(async () => await acquiring.Soon()))!;
        Assert.That(error.Key, Is.EqualTo(_keys[0]));
        Assert.That(error.Timeout, Is.EqualTo(timeout));
        await second.DisposeAsync();
        await AllAreFreeAsync();
    }

    [Test]
    public async Task A_try_waits_as_long_as_it_says()
    {
        var held = await NewLock(_keys[1]).AcquireAsync().Soon();
        var trying = await QueueForAMoment(() => Lock.TryAcquireAllAsync(Locks(), Harness.Moment).AsTask(), _keys[1]);
        await Harness.PassAsync(Harness.Moment);
        Assert.That(await trying.Soon(), Is.Null);
        await held.DisposeAsync();
        await AllAreFreeAsync();
    }

    [Test]
    public async Task Cancelling_leaves_nothing_behind([Values(0, 1, 2)] int taken)
    {
        var held = await NewLock(_keys[taken]).AcquireAsync().Soon();
        using var cancel = new CancellationTokenSource();
        var acquiring = Lock.AcquireAllAsync(Locks(), cancel.Token).AsTask();
        await Waiting.Until(() => Waiters(_keys[taken]).Count == 1, "it waits");
        await cancel.CancelAsync();
        var error = (await Assert.CatchAsync<OperationCanceledException>(async () => await acquiring.Soon()))!;
        Assert.That(error.CancellationToken, Is.EqualTo(cancel.Token));
        await OthersAreFreeAsync(taken);
        await held.DisposeAsync();
    }

    [Test]
    public async Task A_lock_that_is_disposed_in_the_middle_leaves_nothing_behind()
    {
        var held = await NewLock(_keys[1]).AcquireAsync().Soon();
        var locks = Locks().ToList();
        var acquiring = Lock.AcquireAllAsync(locks).AsTask();
        await Waiting.Until(() => Waiters(_keys[1]).Count == 1, "it waits");
        await locks[1].DisposeAsync();
        await Assert.ThatAsync(async () => await acquiring.Soon(), Throws.InstanceOf<ObjectDisposedException>());
        await OthersAreFreeAsync(1);
        await held.DisposeAsync();
    }

    [Test]
    public async Task The_end_of_the_scope_releases_what_was_taken_and_ends_who_waits()
    {
        var held = await NewLock(_keys[1]).AcquireAsync().Soon();
        var scope = Scope.Create(new ScopeOptions { LockProvider = Harness.Provider, TimeProvider = Harness.Time });
        var mine = await scope.AcquireLocksAsync([$"{Key}:x", $"{Key}:y"], Harness.LongTime).Soon();
        var acquiring = scope.AcquireLocksAsync(_keys).AsTask();
        await Waiting.Until(() => Waiters(_keys[1]).Count == 1, "it waits");
        await scope.DisposeAsync().Soon();
        await Assert.ThatAsync(async () => await acquiring.Soon(), Throws.InstanceOf<OperationCanceledException>().Or.InstanceOf<ObjectDisposedException>());
        Assert.That(mine.IsHeld, Is.False);
        await OthersAreFreeAsync(1);
        await held.DisposeAsync();
        await Assert.ThatAsync(async () => await scope.AcquireLocksAsync(_keys), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public async Task The_loss_of_one_lease_is_the_loss_of_all()
    {
        var shortLived = NewLock(_keys[0], new LockOptions { TimeToLive = Harness.LongTime, AutoRenew = false });
        var all = await Lock.AcquireAllAsync([NewLock(_keys[2]), shortLived]).Soon();
        var lost = all.LostToken;
        Assert.That(lost.IsCancellationRequested, Is.False);
        await all[_keys[0]].RenewAsync(Harness.Moment).Soon();
        await Harness.PassAsync(Harness.Moment);
        await Waiting.Until(() => lost.IsCancellationRequested, "the holder hears of it");
        Assert.That(all.IsHeld, Is.False);
        var error = Assert.Throws<LeaseLostException>(all.ThrowIfLost)!;
        Assert.That(error.Key, Is.EqualTo(_keys[0]));
        Assert.That(all[_keys[2]].IsHeld, "the other one is still there");
        await all.DisposeAsync().Soon();
        Assert.That(all.LostToken.IsCancellationRequested);
        await AllAreFreeAsync();
    }

    [Test]
    public async Task Releasing_is_no_loss()
    {
        var all = await Lock.AcquireAllAsync(Locks()).Soon();
        var lost = all.LostToken;
        await all.DisposeAsync().Soon();
        Assert.That(lost.IsCancellationRequested, Is.False);
        Assert.That(all.LostToken.IsCancellationRequested, Is.False);
        Assert.That(() => lost.Register(() => { }).Dispose(), Throws.Nothing);
    }

    [Test]
    public async Task A_lease_that_ends_while_the_others_are_waited_for_is_not_all_of_them()
    {
        var held = await NewLock(_keys[0]).AcquireAsync().Soon();
        var shortLived = NewLock(_keys[2], new LockOptions { TimeToLive = Harness.Moment, AutoRenew = false });
        var acquiring = Lock.AcquireAllAsync([NewLock(_keys[0]), shortLived]).AsTask();
        await Waiting.Until(() => Waiters(_keys[0]).Count == 1, "it waits for the second");
        await Harness.PassAsync(Harness.Moment);
        await held.DisposeAsync();
        var error = (await Assert.ThrowsAsync<LeaseLostException>(async () => await acquiring.Soon()))!;
        Assert.That(error.Key, Is.EqualTo(_keys[2]));
        await AllAreFreeAsync();
    }

    [Test]
    public async Task None_at_all_is_held_until_it_is_disposed()
    {
        var none = await Lock.AcquireAllAsync([]).Soon();
        Assert.That(none.IsHeld);
        Assert.That(none.Guards, Is.Empty);
        await none.DisposeAsync();
        Assert.That(none.IsHeld, Is.False);
    }

    [Test]
    public async Task What_would_wait_for_itself_is_refused()
    {
        await Assert.ThatAsync(async () => await Lock.AcquireAllAsync([NewLock(), NewLock(_keys[0]), NewLock()]), Throws.ArgumentException.With.Message.Contains(Key).And.Message.Contains("twice"));
        await Assert.ThatAsync(async () => await Lock.AcquireAllAsync([NewLock(), null!]), Throws.ArgumentException);
        await Assert.ThatAsync(async () => await Lock.AcquireAllAsync(null!), Throws.ArgumentNullException);
        await Assert.ThatAsync(async () => await Lock.AcquireAllAsync(Locks(), null!), Throws.ArgumentNullException);
        await Assert.ThatAsync(async () => await Lock.AcquireAllAsync(Locks(), TimeSpan.FromSeconds(-2)), Throws.TypeOf<ArgumentOutOfRangeException>());
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = Harness.Provider, TimeProvider = Harness.Time });
        await Assert.ThatAsync(async () => await scope.AcquireLocksAsync([Key, _keys[0], Key]), Throws.ArgumentException.With.Message.Contains(Key).And.Message.Contains("twice"));
        await Assert.ThatAsync(async () => await scope.AcquireLocksAsync([Key, " "]), Throws.ArgumentException);
        await Assert.ThatAsync(async () => await scope.AcquireLocksAsync([Key], TimeSpan.Zero), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private IEnumerable<Lock> Locks() => [.. _keys.Select(key => NewLock(key))];

    private Task AllAreFreeAsync() => OthersAreFreeAsync(-1);

    private async Task OthersAreFreeAsync(int taken)
    {
        for (var i = 0; i < _keys.Length; i++)
        {
            if (i == taken) continue;
            await using var guard = await NewLock(_keys[i]).TryAcquireAsync().Soon();
            Assert.That(guard, Is.Not.Null, _keys[i]);
        }
    }
}
