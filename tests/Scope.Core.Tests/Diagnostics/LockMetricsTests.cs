using System.Diagnostics;
using GoGoScope.Testing;

namespace GoGoScope.Tests.Diagnostics;

/// <summary>What metrics say of locks in memory. Alone, as meters count for all of a process.</summary>
[TestFixture]
[NonParallelizable]
public sealed class LockMetricsTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly InMemoryLockProvider _provider = new();
    private Collected _collected = null!;

    [SetUp]
    public void Listen() => _collected = new Collected();

    [TearDown]
    public void StopListening() => _collected.Dispose();

    private LockOptions Keyed => new() { Provider = _provider, Key = "k", TimeProvider = _time };

    private static readonly Func<Scope, ILockProvider, Task>[] Ways =
    [
        async (scope, _) => await (await scope.CreateLock().AcquireAsync()).DisposeAsync(),
        async (scope, _) => await (await scope.CreateLock().TryAcquireAsync())!.Value.DisposeAsync(),
        async (_, _) => await (await new Lock(CancellationToken.None).AcquireAsync()).DisposeAsync(),
        async (scope, _) => await (await scope.CreateLock("k").AcquireAsync()).DisposeAsync(),
        async (scope, _) => await (await scope.AcquireLockAsync("k")).DisposeAsync(),
        async (scope, _) => await (await scope.AcquireLockAsync("k", TimeSpan.FromSeconds(1))).DisposeAsync(),
        async (_, provider) => await (await provider.AcquireAsync(new LockRequest { Key = "k", Timeout = TimeSpan.Zero, Options = new LockOptions() }, default)).DisposeAsync(),
        async (scope, _) => await scope.RunExclusiveAsync("k", _ => Task.CompletedTask),
        // Left to the end of the scope.
        async (scope, _) =>
        {
            await using var child = scope.CreateChild();
            await child.CreateLock("k").AcquireAsync();
        },
    ];

    [Test]
    public async Task Every_way_to_a_free_lock_is_counted_with_its_hold([Range(0, 8)] int way)
    {
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = _provider });
        for (var i = 0; i < 3; i++) await Ways[way](scope, _provider);
        Assert.That(_collected.Sum("gogoscope.lock.acquisitions", ("gogoscope.outcome", "granted"), ("gogoscope.lock.mode", "exclusive"), ("gogoscope.provider", "in-memory")), Is.EqualTo(3));
        Assert.That(_collected.Histogram("gogoscope.lock.hold.duration", ("gogoscope.lock.mode", "exclusive")).Count, Is.EqualTo(3));
        Assert.That(_collected.Histogram("gogoscope.lock.wait.duration").Count, Is.Zero, "nobody had to wait");
    }

    [Test]
    public async Task Readers_and_permits_are_told_apart()
    {
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = _provider });
        await (await scope.CreateLock("k").AcquireReadAsync()).DisposeAsync();
        var semaphore = scope.CreateSemaphore(5);
        await using (await semaphore.AcquireAsync(2))
        await using (await semaphore.AcquireAsync())
            Assert.That(semaphore.CurrentCount, Is.EqualTo(2));
        Assert.That(_collected.Sum("gogoscope.lock.acquisitions", ("gogoscope.lock.mode", "read")), Is.EqualTo(1));
        Assert.That(_collected.Sum("gogoscope.lock.acquisitions", ("gogoscope.lock.mode", "permits")), Is.EqualTo(2));
        Assert.That(_collected.Histogram("gogoscope.lock.hold.duration", ("gogoscope.lock.mode", "permits")).Count, Is.EqualTo(2));
    }

    [Test]
    public async Task Waits_and_holds_are_measured_by_the_clock_of_the_lock_and_those_who_wait_are_counted()
    {
        var orders = new Lock(CancellationToken.None, Keyed);
        var first = await orders.AcquireAsync();
        var second = orders.AcquireAsync().AsTask();
        Assert.That(_collected.Sum("gogoscope.lock.waiters"), Is.EqualTo(1));
        Assert.That(_collected.Sum("gogoscope.lock.contentions"), Is.EqualTo(1));
        _time.Advance(TimeSpan.FromSeconds(3));
        await first.DisposeAsync();
        var guard = await second.Soon();
        _time.Advance(TimeSpan.FromSeconds(4));
        await guard.DisposeAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_collected.Sum("gogoscope.lock.waiters"), Is.Zero);
            Assert.That(_collected.Histogram("gogoscope.lock.wait.duration", ("gogoscope.outcome", "granted")), Is.EqualTo((1, 3.0)));
            Assert.That(_collected.Histogram("gogoscope.lock.hold.duration"), Is.EqualTo((2, 7.0)));
            Assert.That(_collected.Sum("gogoscope.lock.acquisitions", ("gogoscope.outcome", "granted")), Is.EqualTo(2));
        }
    }

    [Test]
    public async Task Who_begins_to_listen_during_a_wait_does_not_count_its_end()
    {
        _collected.Dispose();
        using var traced = new ActivityListener { ShouldListenTo = source => source.Name == "GoGoScope", Sample = (ref _) => ActivitySamplingResult.AllData };
        ActivitySource.AddActivityListener(traced);
        var orders = new Lock(CancellationToken.None, Keyed);
        var first = await orders.AcquireAsync();
        var second = orders.AcquireAsync().AsTask();
        _collected = new Collected();
        var third = orders.AcquireAsync().AsTask();
        await first.DisposeAsync();
        await (await second.Soon()).DisposeAsync();
        await (await third.Soon()).DisposeAsync();
        Assert.That(_collected.Sum("gogoscope.lock.waiters"), Is.Zero);
    }

    [Test]
    public async Task Whoever_does_not_get_it_is_counted_by_why_not()
    {
        var orders = new Lock(CancellationToken.None, Keyed);
        await using var held = await orders.AcquireAsync();
        Assert.That(await orders.TryAcquireAsync(), Is.Null);
        var late = orders.AcquireAsync(TimeSpan.FromSeconds(5)).AsTask();
        var later = orders.TryAcquireAsync(TimeSpan.FromSeconds(5)).AsTask();
        using var cancel = new CancellationTokenSource();
        var leaver = orders.AcquireAsync(cancel.Token).AsTask();
        _time.Advance(TimeSpan.FromSeconds(5));
        await cancel.CancelAsync();
        await Assert.ThatAsync(async () => await late.Soon(), Throws.TypeOf<LockTimeoutException>());
        Assert.That(await later.Soon(), Is.Null);
        await Assert.ThatAsync(async () => await leaver.Soon(), Throws.InstanceOf<OperationCanceledException>());
        var orphan = orders.AcquireAsync().AsTask();
        await orders.DisposeAsync();
        await Assert.ThatAsync(async () => await orphan.Soon(), Throws.InstanceOf<ObjectDisposedException>());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_collected.Sum("gogoscope.lock.acquisitions", ("gogoscope.outcome", "timeout")), Is.EqualTo(3));
            Assert.That(_collected.Sum("gogoscope.lock.acquisitions", ("gogoscope.outcome", "cancelled")), Is.EqualTo(2));
            Assert.That(_collected.Histogram("gogoscope.lock.wait.duration", ("gogoscope.outcome", "timeout")), Is.EqualTo((2, 10.0)));
            Assert.That(_collected.Sum("gogoscope.lock.contentions"), Is.EqualTo(4));
            Assert.That(_collected.Sum("gogoscope.lock.waiters"), Is.Zero);
        }
    }

    [Test]
    public async Task A_lease_that_is_lost_ends_the_hold_and_is_counted_once()
    {
        var guard = await new Lock(CancellationToken.None, Keyed with { TimeToLive = TimeSpan.FromSeconds(2), AutoRenew = false }).AcquireAsync();
        _time.Advance(TimeSpan.FromSeconds(2));
        await Waiting.Until(() => !guard.IsHeld, "the lease is lost");
        await guard.DisposeAsync();
        await Waiting.Until(() => _collected.Sum("gogoscope.lease.losses", ("gogoscope.provider", "in-memory")) == 1, "the loss is counted");
        await Waiting.Until(() => _collected.Histogram("gogoscope.lock.hold.duration") == (1, 2.0), "so is the hold");
    }

    [Test]
    public async Task Whoever_listens_to_one_of_them_hears_that_one([Values("gogoscope.lock.wait.duration", "gogoscope.lock.contentions", "gogoscope.lock.hold.duration")] string name)
    {
        _collected.Dispose();
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        var heard = 0;
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Name == name) own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => heard++);
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => heard++);
        listener.Start();
        var orders = new Lock(CancellationToken.None, Keyed);
        var first = await orders.AcquireAsync();
        var second = orders.AcquireAsync().AsTask();
        await first.DisposeAsync();
        await (await second.Soon()).DisposeAsync();
        Assert.That(heard, Is.EqualTo(name == "gogoscope.lock.hold.duration" ? 2 : 1));
    }

    [Test]
    public async Task What_a_listener_throws_is_no_locks_affair()
    {
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Name == Telemetry.Name) own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => throw new InvalidOperationException("a broken listener"));
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => throw new InvalidOperationException("a broken listener"));
        listener.Start();
        var orders = new Lock(CancellationToken.None, Keyed);
        var first = await orders.AcquireAsync();
        var second = orders.AcquireAsync().AsTask();
        await first.DisposeAsync();
        await (await second.Soon()).DisposeAsync();
        await using var third = await orders.TryAcquireAsync();
        Assert.That(third, Is.Not.Null);
    }

    [Test]
    public async Task A_lock_that_was_taken_before_anybody_listened_is_released_as_ever()
    {
        _collected.Dispose();
        await using var scope = Scope.Create();
        var orders = scope.CreateLock();
        var before = await orders.AcquireAsync();
        using (var collected = new Collected())
        {
            await before.DisposeAsync();
            var meanwhile = await orders.AcquireAsync();
            Assert.That(collected.Histogram("gogoscope.lock.hold.duration").Count, Is.Zero);
            collected.Dispose();
            await meanwhile.DisposeAsync();
        }
        await using var after = await orders.TryAcquireAsync();
        Assert.That(after, Is.Not.Null);
    }
}
