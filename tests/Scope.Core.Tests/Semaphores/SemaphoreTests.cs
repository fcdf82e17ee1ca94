using GoGoScope.Testing;
using NUnit.Framework.Constraints;

namespace GoGoScope.Tests.Semaphores;

/// <summary>Who gets permits, in which order, and that they all come back.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SemaphoreTests : IAsyncDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(10);
    private readonly ManualTimeProvider _time = new();
    private readonly Scope _scope;

    public SemaphoreTests() => _scope = Scope.Create(new ScopeOptions { Name = "tests", TimeProvider = _time });

    public ValueTask DisposeAsync() => _scope.DisposeAsync();

    [Test]
    public async Task As_many_hold_as_there_are_permits()
    {
        var semaphore = _scope.CreateSemaphore(3);
        var guards = new[] { await semaphore.AcquireAsync(), await semaphore.AcquireAsync(), await semaphore.AcquireAsync() };
        Assert.That(semaphore.CurrentCount, Is.Zero);
        Assert.That(await semaphore.TryAcquireAsync(), Is.Null);

        var waiting = semaphore.AcquireAsync();
        Assert.That(semaphore.WaitingCount, Is.EqualTo(1));
        await guards[1].DisposeAsync();
        await using var last = await waiting.Soon();
        Assert.That((semaphore.CurrentCount, semaphore.WaitingCount), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task A_guard_tells_its_weight_and_gives_all_of_it_back_once()
    {
        var semaphore = _scope.CreateSemaphore(5);
        var heavy = await semaphore.AcquireAsync(weight: 3);
        var copy = heavy;
        Assert.That((heavy.Weight, heavy.IsHeld, semaphore.CurrentCount), Is.EqualTo((3, true, 2)));
        await heavy.DisposeAsync();
        await using var next = await semaphore.AcquireAsync(4);
        await heavy.DisposeAsync();
        await copy.DisposeAsync();

        Assert.That(semaphore.CurrentCount, Is.EqualTo(1), "neither was anything given back twice");
        Assert.That(heavy.IsHeld, Is.False);
        Assert.That(() => heavy.Weight, Throws.TypeOf<ObjectDisposedException>());
        Assert.That(next.IsHeld, "nor did it take anything from the next");
        Assert.That(heavy, Is.Not.EqualTo(next));
        Assert.That(heavy, Is.EqualTo(copy));
    }

    [Test]
    public async Task A_default_guard_holds_nothing()
    {
        SemaphoreGuard none = default;
        await none.DisposeAsync();
        Assert.That(none.IsHeld, Is.False);
        Assert.That(() => none.Weight, Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task Equals_go_in_the_order_they_came_whatever_they_ask_for()
    {
        var semaphore = _scope.CreateSemaphore(4);
        var all = await semaphore.AcquireAsync(4);
        var heavy = semaphore.AcquireAsync(3);
        var light = semaphore.AcquireAsync(1);
        var second = semaphore.AcquireAsync(2);
        await all.DisposeAsync();

        var guard = await heavy.Soon();
        await (await light.Soon()).DisposeAsync();
        Assert.That(second.IsCompleted, Is.False);
        await guard.DisposeAsync();
        await (await second.Soon()).DisposeAsync();
        Assert.That(semaphore.CurrentCount, Is.EqualTo(4));
    }

    [Test]
    public async Task Nobody_goes_past_a_heavy_waiter_although_its_own_permits_would_be_free([Values] bool firstHoldIsFree)
    {
        var semaphore = _scope.CreateSemaphore(4);
        // Whichever of the holds is free: each is taken by another way.
        var first = await semaphore.AcquireAsync(2);
        var second = await semaphore.AcquireAsync(2);
        await (firstHoldIsFree ? first : second).DisposeAsync();
        var holder = firstHoldIsFree ? second : first;
        var heavy = semaphore.AcquireAsync(3);
        var light = semaphore.AcquireAsync(1);

        Assert.That(await semaphore.TryAcquireAsync(1), Is.Null);
        Assert.That(await semaphore.TryAcquireAsync(1, new AcquireOptions { Priority = -1 }), Is.Null);
        Assert.That((light.IsCompleted, semaphore.CurrentCount, semaphore.WaitingCount), Is.EqualTo((false, 2, 2)));
        await holder.DisposeAsync();
        await (await heavy.Soon()).DisposeAsync();
        await (await light.Soon()).DisposeAsync();
    }

    [Test]
    public async Task A_light_request_of_higher_priority_goes_past_a_heavy_waiter_and_a_heavy_waiter_never_starves()
    {
        var semaphore = _scope.CreateSemaphore(2);
        var urgent = new AcquireOptions { Priority = 1 };
        var held = await semaphore.AcquireAsync(1);
        var heavy = semaphore.AcquireAsync(2);

        var passed = 0;
        while (await semaphore.TryAcquireAsync(1, urgent with { Timeout = TimeSpan.Zero }) is { } light)
        {
            // There is always one light holder, so that the heavy one would never fit.
            await held.DisposeAsync();
            held = light;
            Assert.That(++passed, Is.LessThanOrEqualTo(Lock.MaxPassedOver));
        }
        Assert.That(passed, Is.EqualTo(Lock.MaxPassedOver));
        var late = semaphore.AcquireAsync(1, urgent);
        Assert.That((heavy.IsCompleted, late.IsCompleted), Is.EqualTo((false, false)));
        await held.DisposeAsync();
        await (await heavy.Soon()).DisposeAsync();
        await (await late.Soon()).DisposeAsync();
    }

    [Test]
    public async Task One_release_serves_all_who_fit()
    {
        var semaphore = _scope.CreateSemaphore(6);
        var all = await semaphore.AcquireAsync(6);
        var waiting = Enumerable.Range(1, 3).Select(weight => semaphore.AcquireAsync(weight).AsTask()).ToList();
        await all.DisposeAsync();

        var guards = await Task.WhenAll(waiting).Soon();
        Assert.That(semaphore.CurrentCount, Is.Zero);
        foreach (var guard in guards) await guard.DisposeAsync();
        Assert.That(semaphore.CurrentCount, Is.EqualTo(6));
    }

    [Test]
    public async Task Who_gives_up_lets_those_behind_go_on_at_once([Values] bool timesOut)
    {
        using var cancel = new CancellationTokenSource();
        var semaphore = _scope.CreateSemaphore(4);
        var holder = await semaphore.AcquireAsync(2);
        var heavy = timesOut ? semaphore.AcquireAsync(4, Moment) : semaphore.AcquireAsync(4, cancel.Token);
        var light = semaphore.AcquireAsync(2);
        if (timesOut) _time.Advance(Moment);
        else await cancel.CancelAsync();

        await (await light.Soon()).DisposeAsync();
        if (timesOut)
            await Assert.ThatAsync(async () => await heavy, Throws.TypeOf<SemaphoreTimeoutException>());
        else
            await Assert.ThatAsync(async () => await heavy, Throws.InstanceOf<OperationCanceledException>().With.Property(nameof(OperationCanceledException.CancellationToken)).EqualTo(cancel.Token));
        Assert.That((semaphore.CurrentCount, semaphore.WaitingCount), Is.EqualTo((2, 0)));
        await holder.DisposeAsync();
    }

    [Test]
    public async Task A_timeout_tells_which_semaphore_how_much_how_long_and_who()
    {
        var semaphore = _scope.CreateSemaphore(4, new SemaphoreOptions { Name = "uploads", Owner = "somebody" });
        await using var holder = await semaphore.AcquireAsync(3);
        var waiting = semaphore.AcquireAsync(2, Moment);
        _time.Advance(Moment);

        var error = (await Assert.ThrowsAsync<SemaphoreTimeoutException>(async () => await waiting.Soon()))!;
        Assert.Multiple(() =>
        {
            Assert.That(error.Message, Is.EqualTo("Semaphore \"uploads\" of 4 permits did not grant 2 permits within 10 s. somebody is among those before it."));
            Assert.That((error.Name, error.Weight, error.Permits, error.Timeout, error.Holder), Is.EqualTo(("uploads", 2, 4, Moment, "somebody")));
        });
        var once = (await Assert.ThrowsAsync<SemaphoreTimeoutException>(async () => await semaphore.AcquireAsync(2, TimeSpan.Zero)))!;
        Assert.That(once.Message, Does.Contain("did not grant 2 permits at once"));
        Assert.That(await semaphore.TryAcquireAsync(2, TimeSpan.Zero), Is.Null);
    }

    [Test]
    public async Task A_try_with_a_timeout_answers_null_when_the_time_is_up_and_a_guard_when_it_is_not()
    {
        var semaphore = _scope.CreateSemaphore(1);
        var holder = await semaphore.AcquireAsync();
        var late = semaphore.TryAcquireAsync(Moment);
        _time.Advance(Moment);
        Assert.That(await late.Soon(), Is.Null);

        var granted = semaphore.TryAcquireAsync(1, Moment);
        await holder.DisposeAsync();
        Assert.That((await granted.Soon())?.Weight, Is.EqualTo(1));
    }

    [TestCase(0)]
    [TestCase(-1)]
    public void Fewer_permits_than_one_are_refused_with_the_value(int permits)
    {
        Assert.That(() => _scope.CreateSemaphore(permits), Throws.TypeOf<ArgumentOutOfRangeException>()
            .With.Property("ParamName").EqualTo("permits").And.Property("ActualValue").EqualTo(permits).And.Message.Contains("at least 1"));
        Assert.That(() => new AsyncSemaphore(permits), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [TestCase(0)]
    [TestCase(-3)]
    [TestCase(5)]
    public void A_weight_that_can_never_be_granted_is_refused_with_value_and_range(int weight)
    {
        var semaphore = _scope.CreateSemaphore(4);
        Constraint Refused() => Throws.TypeOf<ArgumentOutOfRangeException>()
            .With.Property("ParamName").EqualTo("weight").And.Property("ActualValue").EqualTo(weight).And.Message.Contains("from 1 to 4");
        Assert.Multiple(() =>
        {
            Assert.That(() => semaphore.AcquireAsync(weight), Refused());
            Assert.That(() => semaphore.AcquireAsync(weight, Moment), Refused());
            Assert.That(() => semaphore.AcquireAsync(weight, new AcquireOptions()), Refused());
            Assert.That(() => semaphore.TryAcquireAsync(weight), Refused());
            Assert.That(() => semaphore.TryAcquireAsync(weight, Moment), Refused());
            Assert.That(() => semaphore.TryAcquireAsync(weight, new AcquireOptions()), Refused());
            Assert.That(() => semaphore.RunAsync(_ => Task.CompletedTask, weight), Refused());
            Assert.That((semaphore.CurrentCount, semaphore.WaitingCount), Is.EqualTo((4, 0)));
        });
    }

    [Test]
    public void Other_bad_input_is_refused_at_once()
    {
        var semaphore = _scope.CreateSemaphore(1);
        Assert.Multiple(() =>
        {
            Assert.That(() => semaphore.AcquireAsync(TimeSpan.FromSeconds(-2)), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => semaphore.TryAcquireAsync(TimeSpan.FromSeconds(-2)), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => semaphore.AcquireAsync((AcquireOptions)null!), Throws.TypeOf<ArgumentNullException>());
            Assert.That(() => semaphore.TryAcquireAsync(1, null!), Throws.TypeOf<ArgumentNullException>());
            Assert.That(() => semaphore.RunAsync((Func<CancellationToken, Task>)null!), Throws.TypeOf<ArgumentNullException>());
            Assert.That(() => new SemaphoreOptions { Name = " " }, Throws.TypeOf<ArgumentException>());
        });
    }

    [Test]
    public async Task A_cancelled_token_takes_nothing()
    {
        var semaphore = _scope.CreateSemaphore(1);
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThatAsync(async () => await semaphore.AcquireAsync(cancelled), Throws.InstanceOf<OperationCanceledException>());
        await Assert.ThatAsync(async () => await semaphore.TryAcquireAsync(cancelled), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(semaphore.CurrentCount, Is.EqualTo(1));
    }

    [Test]
    public async Task Cancellation_that_meets_the_grant_has_one_outcome_and_loses_no_permit()
    {
        var semaphore = _scope.CreateSemaphore(3);
        var (granted, cancelled) = (0, 0);
        for (var round = 0; round < 20_000; round++)
        {
            using var cancel = new CancellationTokenSource();
            var holder = await semaphore.AcquireAsync(2);
            var waiting = semaphore.AcquireAsync(2, cancel.Token).AsTask();
            var releasing = Task.Run(async () => await holder.DisposeAsync());
            await cancel.CancelAsync();
            await releasing;
            try
            {
                await (await waiting.Soon()).DisposeAsync();
                granted++;
            }
            catch (OperationCanceledException)
            {
                cancelled++;
            }
            if (semaphore.CurrentCount != 3) Assert.Fail($"{semaphore.CurrentCount} of 3 permits are left in round {round}");
        }
        TestContext.Out.WriteLine($"{granted} granted, {cancelled} cancelled");
        Assert.That(granted + cancelled, Is.EqualTo(20_000));
    }

    [Test]
    public async Task Of_a_key_that_is_in_use_as_something_else_no_permit_is_free([Values] bool inMemory)
    {
        await using var provider = inMemory ? null : new LeasedLockProvider(new InMemoryLockStore());
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider ?? (ILockProvider)new InMemoryLockProvider() });
        var semaphore = scope.CreateSemaphore("k", 3);
        await using (await scope.CreateSemaphore("k", 10).AcquireAsync(1)) Assert.That(semaphore.CurrentCount, Is.Zero, "with ten permits");
        await using (await scope.AcquireLockAsync("k")) Assert.That(semaphore.CurrentCount, Is.Zero, "as a lock");
        await using (await semaphore.AcquireAsync(2)) Assert.That(semaphore.CurrentCount, Is.EqualTo(1));
        Assert.That(semaphore.CurrentCount, Is.EqualTo(3));
    }
}
