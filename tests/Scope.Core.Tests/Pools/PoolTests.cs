using GoGoScope.Testing;

namespace GoGoScope.Tests.Pools;

/// <summary>Lending and giving back.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PoolTests : IAsyncDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(10);
    private readonly ManualTimeProvider _time = new();
    private readonly Factory _factory = new();
    private readonly Scope _scope;

    public PoolTests() => _scope = Scope.Create(new ScopeOptions { Name = "tests", TimeProvider = _time });

    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync();
        Assert.That(_factory.Alive, Is.Zero, "what is alive after the end of the scope");
    }

    [Test]
    public async Task What_comes_back_is_lent_again_and_the_last_one_first()
    {
        var pool = NewPool(3);
        var (first, second) = (await pool.AcquireAsync(), await pool.AcquireAsync());
        Assert.That((first.Resource.Number, second.Resource.Number, first.IsHeld), Is.EqualTo((1, 2, true)));
        await second.DisposeAsync();
        await first.DisposeAsync();
        await using var third = await pool.AcquireAsync();
        Assert.That((third.Resource.Number, _factory.Made), Is.EqualTo((1, 2)));
        Assert.That(pool.Statistics, Is.EqualTo(new PoolStatistics { Idle = 1, InUse = 1, Created = 2, Lent = 3 }));
    }

    [Test]
    public async Task Giving_back_twice_lends_nothing_twice()
    {
        var pool = NewPool(2);
        var guard = await pool.AcquireAsync();
        var copy = guard;
        await guard.DisposeAsync();
        await copy.DisposeAsync();
        await using var next = await pool.AcquireAsync();
        await guard.DisposeAsync();
        await copy.DiscardAsync();
        await using var other = await pool.AcquireAsync();

        Assert.That(next.Resource, Is.Not.SameAs(other.Resource));
        Assert.That(await pool.TryAcquireAsync(), Is.Null, "nor are there more of them");
        Assert.That(guard.IsHeld, Is.False);
        Assert.That(() => guard.Resource, Throws.TypeOf<ObjectDisposedException>());
        Assert.That((guard == copy, guard == next), Is.EqualTo((true, false)));
        Assert.That(_factory.Destroyed, Is.Empty);
    }

    [Test]
    public async Task Who_waits_is_served_by_priority_and_then_in_order()
    {
        var pool = NewPool(1);
        var held = await pool.AcquireAsync();
        var order = new List<string>();
        var waits = new List<Task>
        {
            Note("first", 0), Note("second", 0), Note("urgent", 5),
        };
        Assert.That(pool.Statistics.Waiting, Is.EqualTo(3));
        await held.DisposeAsync();
        await Task.WhenAll(waits).Soon();
        Assert.That(order, Is.EqualTo(["urgent", "first", "second"]));

        async Task Note(string name, int priority)
        {
            await using var guard = await pool.AcquireAsync(new AcquireOptions { Priority = priority });
            order.Add(name);
        }
    }

    [Test]
    public async Task There_are_never_more_than_the_maximum_even_while_many_are_made_at_once()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _factory.Creating = (_, ct) => gate.Task.WaitAsync(ct);
        var pool = NewPool(4);
        var uses = Enumerable.Range(0, 50).Select(async _ =>
        {
            await using var guard = await pool.AcquireAsync();
            guard.Resource.Enter();
            await Task.Yield();
            guard.Resource.Leave();
        }).ToList();
        await Waiting.Until(() => _factory.Made == 4, "all that there may be are being made");
        Assert.That((pool.Statistics.Busy, pool.Statistics.Waiting), Is.EqualTo((4, 46)));
        gate.SetResult();
        await Task.WhenAll(uses).Soon();
        Assert.That((_factory.Made, _factory.Most), Is.EqualTo((4, 4)));
    }

    [Test]
    public async Task A_failed_creation_reaches_its_caller_and_passes_the_turn_on()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _factory.Creating = (number, _) => number == 1 ? gate.Task : Task.CompletedTask;
        var pool = NewPool(1);
        var first = pool.AcquireAsync().AsTask();
        var next = pool.AcquireAsync().AsTask();
        await Waiting.Until(() => (_factory.Made, pool.Statistics.Waiting) == (1, 1), "one is made, and the second waits for its turn");
        gate.SetException(new FormatException("no luck"));
        await Assert.ThatAsync(() => first.Soon(), Throws.TypeOf<FormatException>().With.Message.EqualTo("no luck"));
        Assert.That(pool.Statistics.Waiting, Is.Zero, "before its caller has heard");
        await using var guard = await next.Soon();
        Assert.That(guard.Resource.Number, Is.EqualTo(2));
        Assert.That(pool.Statistics, Is.EqualTo(new PoolStatistics { InUse = 1, Created = 1, Lent = 1, CreateFailures = 1 }));
    }

    [Test]
    public async Task Making_null_is_a_failure()
    {
        var pool = _scope.CreatePool(_ => Task.FromResult<object>(null!), new PoolOptions<object> { Max = 1, Name = "nothing" });
        await Assert.ThatAsync(async () => await pool.AcquireAsync(), Throws.InvalidOperationException.With.Message.Contains("Pool \"nothing\" of at most 1"));
        Assert.That(pool.Statistics.Total, Is.Zero);
    }

    [Test]
    public async Task A_timeout_tells_what_the_pool_was_doing()
    {
        var pool = _scope.CreatePool(_factory.CreateAsync, _factory.Options(1) with { Name = "db" });
        await using var held = await pool.AcquireAsync();
        var trying = pool.TryAcquireAsync(Moment / 2).AsTask();
        _time.Advance(Moment / 2);
        Assert.That(await trying.Soon(), Is.Null);
        var waiting = pool.AcquireAsync(Moment).AsTask();
        _time.Advance(Moment);
        var error = (await Assert.ThrowsAsync<PoolTimeoutException>(() => waiting.Soon()))!;
        Assert.That(error.Message, Is.EqualTo("Pool \"db\" of at most 1 had no resource within 10 s: 1 in use, 0 being made, checked or destroyed, 0 others waiting."));
        Assert.That((error.Pool, error.Timeout, error.Statistics?.InUse), Is.EqualTo(("db", Moment, 1)));
        Assert.That(await pool.TryAcquireAsync(), Is.Null);
    }

    [Test]
    public async Task What_is_being_made_for_a_caller_who_leaves_serves_the_next([Values] bool timesOut)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _factory.Creating = (_, _) => gate.Task;
        using var cancel = new CancellationTokenSource();
        var pool = NewPool(1);
        var leaving = timesOut ? pool.AcquireAsync(Moment).AsTask() : pool.AcquireAsync(cancel.Token).AsTask();
        var next = pool.AcquireAsync().AsTask();
        await Waiting.Until(() => _factory.Made == 1, "it is being made");
        if (timesOut) _time.Advance(Moment);
        else await cancel.CancelAsync();
        if (timesOut) await Assert.ThatAsync(() => leaving.Soon(), Throws.TypeOf<PoolTimeoutException>());
        else await Assert.ThatAsync(() => leaving.Soon(), Throws.InstanceOf<OperationCanceledException>().With.Property(nameof(OperationCanceledException.CancellationToken)).EqualTo(cancel.Token));
        Assert.That((next.IsCompleted, pool.Statistics.Busy), Is.EqualTo((false, 1)), "it is still being made, and counts");

        gate.SetResult();
        await using var guard = await next.Soon();
        Assert.That((guard.Resource.Number, _factory.Made, pool.Statistics.Lent), Is.EqualTo((1, 1, 1)), "what nobody was there for was not lent");
    }

    [Test]
    public async Task Making_and_checking_run_in_nobodys_context()
    {
        var local = new AsyncLocal<string?> { Value = "of who came first" };
        var seen = new System.Collections.Concurrent.ConcurrentQueue<string?>();
        var pool = _scope.CreatePool(ct =>
        {
            seen.Enqueue(local.Value);
            return _factory.CreateAsync(ct);
        }, _factory.Options(3) with { Min = 1, Validate = (_, _) => { seen.Enqueue(local.Value); return new(true); } });
        await pool.FillAsync().Soon();
        var guards = new[] { await pool.AcquireAsync(), await pool.AcquireAsync() };
        foreach (var guard in guards) await guard.DisposeAsync();
        Assert.That(seen, Is.EqualTo(new string?[] { null, null, null }), "made in advance, checked, made");
        Assert.That(local.Value, Is.EqualTo("of who came first"));
    }

    [Test]
    public async Task A_timeout_also_bounds_a_creation_that_keeps_its_thread()
    {
        using var gate = new ManualResetEventSlim();
        _factory.Creating = (_, _) => { gate.Wait(Waiting.HangLimit, CancellationToken.None); return Task.CompletedTask; };
        var pool = NewPool(1);
        var waiting = pool.AcquireAsync(Moment).AsTask();
        Assert.That(gate.IsSet, Is.False, "it has returned");
        _time.Advance(Moment);
        await Assert.ThatAsync(() => waiting.Soon(), Throws.TypeOf<PoolTimeoutException>());
        gate.Set();
        await Waiting.Until(() => pool.Statistics.Idle == 1, "what was made serves the next");
    }

    [Test]
    public async Task Who_is_done_does_not_wait_for_what_its_cancelled_token_tells()
    {
        var pool = NewPool(1);
        using var told = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = pool.RunAsync(async (_, ct) =>
        {
            ct.Register(() => { told.Set(); gate.Wait(Waiting.HangLimit); });
            started.SetResult();
            await Task.Run(told.Wait, CancellationToken.None);
        }, cancellationToken: cancel.Token);
        await started.Task.Soon();
        var cancelling = cancel.CancelAsync();
        await running.Soon();
        Assert.That((cancelling.IsCompleted, pool.Statistics.Idle), Is.EqualTo((false, 1)));
        gate.Set();
        await cancelling.Soon();
    }

    [Test]
    public async Task Cancelled_at_any_moment_nothing_is_lost()
    {
        var pool = _scope.CreatePool(_factory.CreateAsync, _factory.Options(2) with { Validate = _factory.ValidateAsync });
        _factory.Creating = async (_, _) => await Task.Yield();
        _factory.IsHealthy = item => item.Number % 3 != 0;
        for (var round = 0; round < 3_000; round++)
        {
            using var cancel = new CancellationTokenSource();
            var uses = Enumerable.Range(0, 4).Select(i => UseAsync(i == 0 ? cancel.Token : default)).ToList();
            await cancel.CancelAsync();
            await Task.WhenAll(uses).Soon();
        }
        await Waiting.Until(() => pool.Statistics.Busy == 0, "what was begun for those who have left has ended");
        Assert.That((pool.Statistics.InUse, pool.Statistics.Waiting, _factory.Most), Is.EqualTo((0, 0, 2)));

        async Task UseAsync(CancellationToken token)
        {
            try
            {
                await using var guard = await pool.AcquireAsync(token);
                guard.Resource.Enter();
                await Task.Yield();
                guard.Resource.Leave();
            }
            catch (OperationCanceledException) when (token.IsCancellationRequested)
            {
                // Left.
            }
        }
    }

    [Test]
    public async Task What_is_discarded_is_destroyed_and_another_is_made()
    {
        var pool = NewPool(1);
        var guard = await pool.AcquireAsync();
        await guard.DiscardAsync();
        Assert.That(_factory.Destroyed.Single().Number, Is.EqualTo(1));
        await using var next = await pool.AcquireAsync();
        Assert.That((next.Resource.Number, _factory.Most), Is.EqualTo((2, 1)));
    }

    [Test]
    public async Task The_turn_is_passed_on_when_what_was_given_back_is_destroyed_and_not_before()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _factory.Destroying = _ => gate.Task;
        var pool = NewPool(1);
        var discarding = (await pool.AcquireAsync()).DiscardAsync().AsTask();
        var next = pool.AcquireAsync().AsTask();
        Assert.That((next.IsCompleted, pool.Statistics.Busy), Is.EqualTo((false, 1)));
        gate.SetResult();
        await discarding.Soon();
        await (await next.Soon()).DisposeAsync();
        Assert.That(_factory.Most, Is.EqualTo(1));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task What_was_run_with_and_failed_is_lent_again_or_destroyed_as_the_options_say(bool discards)
    {
        var pool = _scope.CreatePool(_factory.CreateAsync, _factory.Options(1) with { DiscardAfterFailure = discards });
        await Assert.ThatAsync(() => pool.RunAsync((_, _) => throw new FormatException()), Throws.TypeOf<FormatException>());
        Assert.That(await pool.RunAsync((item, _) => Task.FromResult(item.Number)), Is.EqualTo(discards ? 2 : 1));
        using var cancel = new CancellationTokenSource();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = pool.RunAsync(async (_, ct) => { begun.SetResult(); await Task.Delay(Timeout.InfiniteTimeSpan, ct); }, cancellationToken: cancel.Token);
        await begun.Task.Soon();
        await cancel.CancelAsync();
        await Assert.ThatAsync(() => running, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(await pool.RunAsync((item, _) => Task.FromResult(item.Number)), Is.EqualTo(discards ? 3 : 1), "what goes well is kept");
    }

    [Test]
    public async Task Running_with_a_resource_gives_it_back_however_that_ends()
    {
        var pool = NewPool(1);
        Assert.That(await pool.RunAsync((item, _) => Task.FromResult(item.Number)), Is.EqualTo(1));
        Assert.That(await pool.RunAsync((item, _) => new ValueTask<int>(item.Number)), Is.EqualTo(1));
        await pool.RunAsync(async (_, _) => await Task.Yield());
        await pool.RunAsync((_, _) => ValueTask.CompletedTask, new AcquireOptions { Priority = 1 });
        await Assert.ThatAsync(() => pool.RunAsync((_, _) => throw new FormatException()), Throws.TypeOf<FormatException>());
        Assert.That((pool.Statistics.Idle, pool.Statistics.InUse, _factory.Made), Is.EqualTo((1, 0, 1)));

        using var cancel = new CancellationTokenSource();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = pool.RunAsync(async (_, ct) => { started.SetResult(); await Task.Delay(Timeout.InfiniteTimeSpan, ct); }, cancellationToken: cancel.Token);
        await started.Task.Soon();
        await cancel.CancelAsync();
        await Assert.ThatAsync(() => running.Soon(), Throws.InstanceOf<OperationCanceledException>().With.Property(nameof(OperationCanceledException.CancellationToken)).EqualTo(cancel.Token));
    }

    [Test]
    public void Bad_input_is_refused_at_once()
    {
        var pool = NewPool(1);
        Assert.Multiple(() =>
        {
            Assert.That(() => new PoolOptions<Item> { Max = 0 }, Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("at least 1").And.Property("ActualValue").EqualTo(0));
            Assert.That(() => new PoolOptions<Item> { Max = 1, Min = -1 }, Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new PoolOptions<Item> { Max = 1, IdleTimeout = TimeSpan.Zero }, Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new PoolOptions<Item> { Max = 1, MaxLifetime = TimeSpan.Zero }, Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new PoolOptions<Item> { Max = 1, HealthCheckInterval = TimeSpan.Zero }, Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new PoolOptions<Item> { Max = 1, RefillPause = TimeSpan.Zero }, Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new PoolOptions<Item> { Max = 1, Name = "" }, Throws.TypeOf<ArgumentException>());
            Assert.That(() => _scope.CreatePool(_factory.CreateAsync, new PoolOptions<Item> { Max = 1, Min = 2 }), Throws.TypeOf<ArgumentException>().With.Message.Contains("Min (2) must be at most Max (1)"));
            Assert.That(() => _scope.CreatePool(_factory.CreateAsync, new PoolOptions<Item> { Max = 1, HealthCheckInterval = Moment }), Throws.TypeOf<ArgumentException>());
            Assert.That(() => _scope.CreatePool(_factory.CreateAsync, null!), Throws.TypeOf<ArgumentNullException>());
            Assert.That(() => _scope.CreatePool((Func<CancellationToken, Task<Item>>)null!, new PoolOptions<Item> { Max = 1 }), Throws.TypeOf<ArgumentNullException>());
            Assert.That(() => pool.AcquireAsync(TimeSpan.FromSeconds(-2)), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => pool.TryAcquireAsync(TimeSpan.FromSeconds(-2)), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => pool.AcquireAsync((AcquireOptions)null!), Throws.TypeOf<ArgumentNullException>());
            Assert.That(() => pool.TryAcquireAsync((AcquireOptions)null!), Throws.TypeOf<ArgumentNullException>());
        });
    }

    private ResourcePool<Item> NewPool(int max) => _scope.CreatePool(_factory.CreateAsync, _factory.Options(max));
}
