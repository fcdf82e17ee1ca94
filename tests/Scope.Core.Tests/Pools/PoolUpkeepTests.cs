using System.Reflection;
using GoGoScope.Testing;

namespace GoGoScope.Tests.Pools;

/// <summary>What happens to resources that nobody uses: they are enough, healthy, and neither too many nor too old.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PoolUpkeepTests : IAsyncDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(10);
    private readonly ManualTimeProvider _time = new();
    private readonly Factory _factory = new();
    private readonly Scope _scope;

    public PoolUpkeepTests() => _scope = Scope.Create(new ScopeOptions { TimeProvider = _time });

    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync();
        Assert.That(_factory.Alive, Is.Zero, "what is alive after the end of the scope");
    }

    [Test]
    public async Task The_minimum_is_made_in_advance_and_can_be_used()
    {
        var pool = NewPool(_factory.Options(5) with { Min = 3 });
        await pool.FillAsync().Soon();
        Assert.That((pool.Statistics.Idle, _factory.Made), Is.EqualTo((3, 3)));
        await using var guard = await pool.AcquireAsync();
        Assert.That((guard.Resource.Number <= 3, _factory.Made), Is.EqualTo((true, 3)));
        await pool.FillAsync().Soon();
    }

    [Test]
    public async Task The_minimum_is_made_without_being_asked_for()
    {
        var pool = NewPool(_factory.Options(2) with { Min = 2 });
        await Waiting.Until(() => pool.Statistics.Idle == 2, "two are idle");
    }

    [Test]
    public async Task Making_the_minimum_fails_with_what_making_has_thrown_and_is_tried_again_after_a_pause()
    {
        var isBroken = true;
        _factory.Creating = (_, _) => isBroken ? throw new FormatException("no luck") : Task.CompletedTask;
        var pool = NewPool(_factory.Options(2) with { Min = 1, RefillPause = Moment });
        await Waiting.Until(() => pool.Statistics is { CreateFailures: 1, Busy: 0 }, "the pool has tried");
        await Assert.ThatAsync(() => pool.FillAsync().Soon(), Throws.TypeOf<FormatException>());
        isBroken = false;
        await Waiting.Until(() => { _time.Advance(Moment); return pool.Statistics.Idle == 1; }, "the pool has tried again");
    }

    [Test]
    public async Task Callers_for_whom_making_fails_do_not_shorten_the_pause()
    {
        _factory.Creating = (_, _) => throw new FormatException("no luck");
        var pool = NewPool(_factory.Options(2) with { Min = 1, RefillPause = Moment });
        await Waiting.Until(() => pool.Statistics is { CreateFailures: 1, Busy: 0 } && DeadlineQueue.For(_time).Count == 1, "the pool has tried, and the next attempt is set");
        for (var i = 0; i < 20; i++) await Assert.ThatAsync(async () => await pool.AcquireAsync(), Throws.TypeOf<FormatException>());
        Assert.That(_factory.Made, Is.EqualTo(21), "once for each of them");
        await Assert.ThatAsync(() => pool.FillAsync().Soon(), Throws.TypeOf<FormatException>(), "who asks for it is not put off");

        _time.Advance(Moment);
        await Waiting.Until(() => _factory.Made == 23, "the pool tries again");
        await Waiting.Until(() => DeadlineQueue.For(_time).Count == 1, "and so on");
        _factory.Creating = (_, _) => Task.CompletedTask;
        var lent = await pool.AcquireAsync();
        await lent.DiscardAsync();
        await Waiting.Until(() => pool.Statistics is { Idle: 1, Created: 2 }, "when making one has succeeded, there is no reason to wait");
    }

    [Test]
    public async Task Filling_does_not_wait_for_what_is_lent_when_others_have_made_enough()
    {
        using var clock = new HeldClock();
        _factory.Creating = (number, _) => number == 1 ? throw new FormatException("no luck") : Task.CompletedTask;
        var pool = NewPool(_factory.Options(1) with { Min = 1, MaxLifetime = TimeSpan.FromDays(1), RefillPause = TimeSpan.FromDays(1), TimeProvider = clock });
        await Waiting.Until(() => pool.Statistics is { CreateFailures: 1, Busy: 0 } && DeadlineQueue.For(clock).Count == 1, "the pool has tried");
        clock.Hold();
        var lending = Task.Run(async () => await pool.AcquireAsync());
        Assert.That(clock.WasAsked.Wait(Waiting.HangLimit), "the caller has a turn, and has begun nothing yet");
        var filling = pool.FillAsync();
        await Waiting.Until(() => pool.Statistics.Waiting == 1, "the pool waits for that turn");
        clock.GoOn.Set();
        await using var lent = await lending.Soon();
        await filling.Soon();
        Assert.That((lent.Resource.Number, _factory.Made), Is.EqualTo((2, 2)));
    }

    [Test]
    public async Task What_is_being_made_for_a_caller_is_not_there_before_it_is_made([Values] bool fails)
    {
        var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pool = await NewPoolThatPausesAsync();
        _factory.Creating = (number, ct) => number == 2 ? made.Task.WaitAsync(ct) : Task.CompletedTask;
        var asking = pool.AcquireAsync().AsTask();
        await Waiting.Until(() => _factory.Made == 2, "one is being made for a caller");
        var filling = pool.FillAsync();
        await Waiting.Until(() => filling.IsCompleted || WaitsForOthers(pool), "the pool waits for it");
        Assert.That((filling.IsCompleted, _factory.Made), Is.EqualTo((false, 2)));

        if (!fails) made.SetResult();
        else
        {
            made.SetException(new FormatException("no luck"));
            await Assert.ThatAsync(() => asking.Soon(), Throws.TypeOf<FormatException>());
        }
        await filling.Soon();
        Assert.That(_factory.Made, Is.EqualTo(fails ? 3 : 2), "and if that has failed, another one is made");
        await using var lent = fails ? await pool.AcquireAsync() : await asking.Soon();
        Assert.That((lent.Resource.Number, _factory.Made), Is.EqualTo((_factory.Made, fails ? 3 : 2)));
    }

    [Test]
    public async Task What_is_to_be_destroyed_is_not_there_and_keeps_its_place_until_it_is_gone()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _factory.Destroying = _ => gate.Task.WaitAsync(Waiting.HangLimit);
        var pool = NewPool(_factory.Options(2) with { Min = 2 });
        await pool.FillAsync().Soon();
        var discarding = (await pool.AcquireAsync()).DiscardAsync().AsTask();
        await Waiting.Until(() => _factory.Destroyed.Count == 1, "it is being destroyed");
        var filling = pool.FillAsync();
        await Waiting.Until(() => filling.IsCompleted || WaitsForOthers(pool), "the pool waits for it to be gone");
        Assert.That((filling.IsCompleted, _factory.Made), Is.EqualTo((false, 2)));

        gate.SetResult();
        await discarding.Soon();
        await filling.Soon();
        Assert.That((pool.Statistics.Idle, _factory.Made, _factory.Most), Is.EqualTo((2, 3, 2)));
    }

    [Test]
    public async Task Who_waits_for_the_minimum_while_others_make_it_is_told_of_the_end()
    {
        var pool = await NewPoolThatPausesAsync();
        _factory.Creating = (_, ct) => Task.Delay(Timeout.Infinite, ct);
        var asking = pool.AcquireAsync().AsTask();
        await Waiting.Until(() => _factory.Made == 2, "one is being made for a caller");
        var filling = pool.FillAsync();
        await Waiting.Until(() => filling.IsCompleted || WaitsForOthers(pool), "the pool waits for it");
        await pool.DisposeAsync().AsTask().Soon();
        await Assert.ThatAsync(() => filling.Soon(), Throws.TypeOf<ObjectDisposedException>());
        await Assert.ThatAsync(() => asking.Soon(), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task What_does_not_work_is_not_lent_but_replaced()
    {
        var pool = NewPool(_factory.Options(2) with { Validate = _factory.ValidateAsync });
        var guards = new[] { await pool.AcquireAsync(), await pool.AcquireAsync() };
        foreach (var guard in guards) await guard.DisposeAsync();
        _factory.IsHealthy = item => item.Number > 2;
        await using var next = await pool.AcquireAsync();
        Assert.That(next.Resource.Number, Is.EqualTo(3));
        Assert.That(_factory.Destroyed.Select(item => item.Number), Is.EquivalentTo([1, 2]));
        Assert.That(pool.Statistics, Is.EqualTo(new PoolStatistics { InUse = 1, Created = 3, Destroyed = 2, Lent = 3, Unhealthy = 2 }));
    }

    [Test]
    public async Task What_cannot_be_checked_does_not_work()
    {
        var pool = NewPool(_factory.Options(1) with { Validate = _factory.ValidateAsync });
        await (await pool.AcquireAsync()).DisposeAsync();
        _factory.IsHealthy = _ => throw new FormatException();
        await using var next = await pool.AcquireAsync();
        Assert.That((next.Resource.Number, pool.Statistics.Unhealthy), Is.EqualTo((2, 1)));
    }

    [Test]
    public async Task What_is_idle_for_too_long_goes_down_to_the_minimum()
    {
        var pool = NewPool(_factory.Options(3) with { Min = 1, IdleTimeout = Moment });
        await pool.FillAsync().Soon();
        var guards = new[] { await pool.AcquireAsync(), await pool.AcquireAsync(), await pool.AcquireAsync() };
        foreach (var guard in guards) await guard.DisposeAsync();
        _time.Advance(Moment);
        await Waiting.Until(() => pool.Statistics is { Idle: 1, Busy: 0 }, "one is left");
        Assert.That(_factory.Destroyed, Has.Count.EqualTo(2));
        _time.Advance(Moment * 5);
        Assert.That((pool.Statistics.Total, _factory.Made), Is.EqualTo((1, 3)));
    }

    [Test]
    public async Task The_minimum_stays_also_while_those_too_many_take_long_to_be_destroyed()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _factory.Destroying = _ => gate.Task.WaitAsync(Waiting.HangLimit);
        // The check is what the one that stays is scheduled for when it was looked at.
        var pool = NewPool(_factory.Options(3) with { Min = 1, IdleTimeout = Moment, HealthCheckInterval = Moment * 2, Validate = _factory.ValidateAsync });
        await pool.FillAsync().Soon();
        var guards = new[] { await pool.AcquireAsync(), await pool.AcquireAsync(), await pool.AcquireAsync() };
        foreach (var guard in guards) await guard.DisposeAsync();
        _time.Advance(Moment);
        await Waiting.Until(() => _factory.Destroyed.Count == 2 && DeadlineQueue.For(_time).Count == 1, "two are being destroyed, and the third was looked at");
        Assert.That(pool.Statistics, Has.Property("Idle").EqualTo(1).And.Property("Busy").EqualTo(2));
        gate.SetResult();
        await Waiting.Until(() => pool.Statistics is { Idle: 1, Busy: 0 }, "one is left");
        Assert.That((_factory.Destroyed.Count, _factory.Made), Is.EqualTo((2, 3)));
    }

    [Test]
    public async Task A_check_is_no_use_so_that_those_too_many_go_although_all_are_checked_again_and_again()
    {
        var pool = NewPool(_factory.Options(2) with { IdleTimeout = Moment * 3, HealthCheckInterval = Moment, Validate = _factory.ValidateAsync });
        var guards = new[] { await pool.AcquireAsync(), await pool.AcquireAsync() };
        await guards[0].DisposeAsync();
        _time.Advance(Moment / 2);
        await guards[1].DisposeAsync();
        for (var i = 0; i < 10 && pool.Statistics.Total > 1; i++)
        {
            _time.Advance(Moment / 2);
            await Waiting.Until(() => pool.Statistics is { Busy: 0, Idle: var idle } && DeadlineQueue.For(_time).Count == idle, "all that was due is done");
            await (await pool.AcquireAsync()).DisposeAsync();
        }
        Assert.That((pool.Statistics.Total, _factory.Made), Is.EqualTo((1, 2)), "never were there two at the same time");
    }

    [Test]
    public async Task The_minimum_stays_while_another_is_being_made_and_goes_when_that_is_there([Values] bool fails)
    {
        var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pool = NewPool(_factory.Options(2) with { Min = 1, IdleTimeout = Moment, RefillPause = TimeSpan.FromDays(1) });
        await pool.FillAsync().Soon();
        var kept = await pool.AcquireAsync();
        _factory.Creating = (_, ct) => made.Task.WaitAsync(ct);
        var asking = pool.AcquireAsync().AsTask();
        await Waiting.Until(() => _factory.Made == 2, "one is being made");
        await kept.DisposeAsync();
        _time.Advance(Moment);
        await Waiting.Until(() => pool.Statistics is { Idle: 1, Busy: 1 } && DeadlineQueue.For(_time).Count == 1, "the one that is there was looked at");
        Assert.That(_factory.Destroyed, Is.Empty);
        if (fails)
        {
            made.SetException(new FormatException("no luck"));
            await Assert.ThatAsync(() => asking.Soon(), Throws.TypeOf<FormatException>());
            Assert.That((pool.Statistics.Idle, _factory.Destroyed.Count), Is.EqualTo((1, 0)));
            return;
        }
        made.SetResult();
        await using var other = await asking.Soon();
        _time.Advance(Moment);
        await Waiting.Until(() => pool.Statistics is { Idle: 0, InUse: 1, Busy: 0 }, "there is one without it");
        Assert.That(_factory.Destroyed.Single().Number, Is.EqualTo(1));
    }

    [Test]
    public async Task No_attempt_to_make_the_minimum_is_set_when_the_pool_has_ended()
    {
        using var clock = new HeldClock();
        _factory.Creating = (_, _) => throw new FormatException("no luck");
        clock.Hold();
        var pool = NewPool(_factory.Options(1) with { Min = 1, RefillPause = TimeSpan.FromDays(1), TimeProvider = clock });
        Assert.That(clock.WasAsked.Wait(Waiting.HangLimit), "making it has failed, and the next attempt is about to be set");
        var ending = pool.DisposeAsync().AsTask();
        clock.GoOn.Set();
        await ending.Soon();
        Assert.That(DeadlineQueue.For(clock).Count, Is.Zero);
    }

    [Test]
    public async Task What_was_checked_for_a_caller_who_has_left_was_not_used()
    {
        var healthy = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var pool = NewPool(_factory.Options(1) with { IdleTimeout = Moment, Validate = (_, ct) => new(healthy.Task.WaitAsync(ct)) });
        await (await pool.AcquireAsync()).DisposeAsync();
        _time.Advance(Moment / 2);
        using var impatience = new CancellationTokenSource();
        var asking = pool.AcquireAsync(impatience.Token).AsTask();
        await Waiting.Until(() => pool.Statistics.Busy == 1, "it is being checked");
        await impatience.CancelAsync();
        await Assert.ThatAsync(() => asking.Soon(), Throws.InstanceOf<OperationCanceledException>());
        healthy.SetResult(true);
        await Waiting.Until(() => pool.Statistics.Idle == 1 && DeadlineQueue.For(_time).Count == 1, "it is idle again");
        _time.Advance(Moment / 2);
        await Waiting.Until(() => pool.Statistics.Total == 0, "its time is over");
    }

    [Test]
    public async Task What_was_used_meanwhile_is_not_idle_for_long()
    {
        var pool = NewPool(_factory.Options(1) with { IdleTimeout = Moment });
        await (await pool.AcquireAsync()).DisposeAsync();
        _time.Advance(Moment * 0.9);
        await (await pool.AcquireAsync()).DisposeAsync();
        _time.Advance(Moment * 0.9);
        await using var guard = await pool.AcquireAsync();
        Assert.That((guard.Resource.Number, _factory.Destroyed), Is.EqualTo((1, Array.Empty<Item>())));
    }

    [Test]
    public async Task Whose_time_is_over_is_replaced_when_it_is_idle_when_it_comes_back_and_before_it_is_lent()
    {
        var pool = NewPool(_factory.Options(2) with { Min = 1, MaxLifetime = Moment });
        await pool.FillAsync().Soon();
        _time.Advance(Moment);
        await Waiting.Until(() => pool.Statistics is { Idle: 1, Created: 2, Destroyed: 1, Busy: 0 }, "it was replaced while it was idle");

        var used = await pool.AcquireAsync();
        _time.Advance(Moment);
        Assert.That(used.Resource.IsDead, Is.False, "nobody destroys what is in use");
        await used.DisposeAsync();
        Assert.That(_factory.Destroyed.Select(item => item.Number), Is.EqualTo([1, 2]));
        await Waiting.Until(() => pool.Statistics is { Idle: 1, Created: 3, Busy: 0 }, "it was replaced when it came back");
    }

    [Test]
    public async Task The_health_check_replaces_what_is_idle_and_never_touches_what_is_in_use()
    {
        var pool = NewPool(_factory.Options(3) with { Min = 2, Validate = _factory.ValidateAsync, HealthCheckInterval = Moment });
        await pool.FillAsync().Soon();
        var used = await pool.AcquireAsync();
        used.Resource.Enter();
        _factory.IsHealthy = item => item.Number > 2;
        _time.Advance(Moment);
        await Waiting.Until(() => pool.Statistics is { Idle: 1, InUse: 1, Unhealthy: 1, Busy: 0, Created: 3 }, "the idle one was replaced");
        Assert.That((used.Resource.IsDead, _factory.Destroyed.Count), Is.EqualTo((false, 1)));
        used.Resource.Leave();
        await used.DisposeAsync();
    }

    [Test]
    public async Task The_health_check_comes_again_and_again()
    {
        var checks = 0;
        _factory.IsHealthy = _ => { checks++; return true; };
        var pool = NewPool(_factory.Options(1) with { Min = 1, Validate = _factory.ValidateAsync, HealthCheckInterval = Moment });
        await pool.FillAsync().Soon();
        for (var i = 1; i <= 3; i++)
        {
            var wanted = i;
            _time.Advance(Moment);
            await Waiting.Until(() => checks == wanted && pool.Statistics.Idle == 1 && DeadlineQueue.For(_time).Count == 1, $"check {i}");
        }
        Assert.That(_factory.Made, Is.EqualTo(1));
    }

    /// <summary>A pool of two that keeps one, which it has failed to make: it does not try by itself again.</summary>
    private async Task<ResourcePool<Item>> NewPoolThatPausesAsync()
    {
        _factory.Creating = (_, _) => throw new FormatException("no luck");
        var pool = NewPool(_factory.Options(2) with { Min = 1, RefillPause = TimeSpan.FromDays(1) });
        await Waiting.Until(() => pool.Statistics is { CreateFailures: 1, Busy: 0 } && DeadlineQueue.For(_time).Count == 1, "the pool has tried");
        return pool;
    }

    /// <summary>Whether <see cref="ResourcePool{T}.FillAsync"/> has found nothing to be made, and not enough that is there.</summary>
    private static bool WaitsForOthers(ResourcePool<Item> pool) =>
        typeof(ResourcePool<Item>).GetField("_change", BindingFlags.NonPublic | BindingFlags.Instance)?.GetValue(pool) is not null;

    /// <summary>Keeps who asks for the time, from the moment that it is told to.</summary>
    private sealed class HeldClock : TimeProvider, IDisposable
    {
        private volatile bool _isHeld;

        internal ManualResetEventSlim WasAsked { get; } = new();

        internal ManualResetEventSlim GoOn { get; } = new();

        internal void Hold() => _isHeld = true;

        public override long GetTimestamp()
        {
            if (_isHeld)
            {
                WasAsked.Set();
                GoOn.Wait(Waiting.HangLimit);
            }
            return base.GetTimestamp();
        }

        public void Dispose()
        {
            WasAsked.Dispose();
            GoOn.Dispose();
        }
    }

    private ResourcePool<Item> NewPool(PoolOptions<Item> options) => _scope.CreatePool(_factory.CreateAsync, options);
}
