using System.Diagnostics;
using GoGoScope.Testing;
using GoGoScope.Tests.Leases.HandOver;

namespace GoGoScope.Tests.Diagnostics;

/// <summary>One span for the wait and one for the hold, under whoever asked. Alone, as sources are heard by all of a process.</summary>
[NonParallelizable]
public sealed class SpanTests : HandOverFixture
{
    private Collected _collected = null!;

    [SetUp]
    public void Listen() => _collected = new Collected();

    [TearDown]
    public void StopListening() => _collected.Dispose();

    [Test]
    public async Task A_free_lock_in_memory_is_one_span_which_carries_the_key([Values] bool hasKey)
    {
        await using var scope = Scope.Create(new ScopeOptions { Name = "checkout", LockProvider = new InMemoryLockProvider() });
        var orders = hasKey ? scope.CreateLock("orders:4711", new LockOptions { Owner = "me" }) : scope.CreateLock(new LockOptions { Owner = "me" });
        using var caller = Collected.Callers.StartActivity("checkout")!;
        var guard = await orders.AcquireReadAsync();
        Assert.That(Activity.Current, Is.SameAs(caller));
        await guard.DisposeAsync();
        Assert.That(Activity.Current, Is.SameAs(caller));

        var span = _collected.Spans.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((span.OperationName, span.Kind, span.Status), Is.EqualTo(("lock hold", ActivityKind.Internal, ActivityStatusCode.Unset)));
            Assert.That(span.ParentSpanId, Is.EqualTo(caller.SpanId));
            Assert.That(span.GetTagItem("gogoscope.lock.key"), Is.EqualTo(hasKey ? "orders:4711" : null));
            Assert.That(span.GetTagItem("gogoscope.lock.owner"), Is.EqualTo("me"));
            Assert.That(span.GetTagItem("gogoscope.lock.mode"), Is.EqualTo("read"));
            Assert.That(span.GetTagItem("gogoscope.scope"), Is.EqualTo("checkout"));
            Assert.That(span.GetTagItem("gogoscope.lock.fencing_token"), Is.EqualTo(guard.FencingToken));
        }
    }

    [Test]
    public async Task A_wait_belongs_to_who_waited_and_not_to_who_released([Values] bool inMemory)
    {
        ILockProvider provider = inMemory ? new InMemoryLockProvider() : Here;
        var options = new LockOptions { TimeProvider = Time };
        var first = await Take(provider, options);
        Task<LockGuard> waiting;
        ActivitySpanId asker;
        using (var asking = Collected.Callers.StartActivity("asking")!)
        {
            asker = asking.SpanId;
            waiting = Take(provider, options, priority: 3);
        }
        await PassAsync(TimeSpan.FromSeconds(2));
        using (Collected.Callers.StartActivity("releasing")) await first.DisposeAsync();
        var guard = await waiting.Soon();
        using (Collected.Callers.StartActivity("releasing the other")) await guard.DisposeAsync();
        await QuietAsync();

        var spans = _collected.Spans.Where(span => span.ParentSpanId == asker).OrderByDescending(span => span.OperationName).ToList();
        Assert.That(spans.Select(span => span.OperationName), Is.EqualTo(["lock wait", "lock hold"]));
        Assert.That(spans.Select(span => span.Kind), Is.All.EqualTo(inMemory ? ActivityKind.Internal : ActivityKind.Client));
        Assert.That(spans[0].Duration, Is.EqualTo(TimeSpan.FromSeconds(2)));
        Assert.That(spans[0].GetTagItem("gogoscope.outcome"), Is.EqualTo("granted"));
        Assert.That(spans[0].GetTagItem("gogoscope.lock.priority"), Is.EqualTo(3));
        Assert.That(spans[1].StartTimeUtc, Is.GreaterThanOrEqualTo(spans[0].StartTimeUtc + spans[0].Duration));
        Assert.That(_collected.Spans.Except(spans).Select(span => span.ParentSpanId), Is.All.EqualTo(default(ActivitySpanId)), "the first had no parent");
    }

    [Test]
    public async Task A_wait_in_vain_is_an_error_unless_its_caller_gave_it_up()
    {
        var options = new LockOptions { TimeProvider = Time };
        await using var held = await Take(Here, options);
        var late = LockOf(Here, options).AcquireAsync(TimeSpan.FromSeconds(1)).AsTask();
        using var cancel = new CancellationTokenSource();
        var leaver = LockOf(Here, options).AcquireAsync(cancel.Token).AsTask();
        await PassAsync(TimeSpan.FromSeconds(1));
        await cancel.CancelAsync();
        var error = (await Assert.ThrowsAsync<LockTimeoutException>(async () => await late.Soon()))!;
        await Assert.ThatAsync(async () => await leaver.Soon(), Throws.InstanceOf<OperationCanceledException>());
        var spans = _collected.Spans.Where(span => span.OperationName == "lock wait").ToDictionary(span => (string)span.GetTagItem("gogoscope.outcome")!);
        Assert.That((spans["timeout"].Status, spans["timeout"].StatusDescription), Is.EqualTo((ActivityStatusCode.Error, error.Message)));
        Assert.That(spans["timeout"].GetTagItem("error.type"), Is.EqualTo(typeof(LockTimeoutException).FullName));
        Assert.That(spans["cancelled"].Status, Is.EqualTo(ActivityStatusCode.Unset));
    }

    [Test]
    public async Task A_lost_lease_is_an_event_and_an_error_of_the_hold([Values] bool inMemory)
    {
        ILockProvider provider = inMemory ? new InMemoryLockProvider() : Here;
        var guard = await Take(provider, new LockOptions { TimeToLive = TimeSpan.FromSeconds(5), AutoRenew = false, TimeProvider = Time });
        await PassAsync(TimeSpan.FromSeconds(6));
        await Waiting.Until(() => _collected.Spans.Any(span => span.OperationName == "lock hold"), "the hold has ended");
        await guard.DisposeAsync();
        await QuietAsync();
        var hold = _collected.Spans.Single(span => span.OperationName == "lock hold");
        Assert.That(hold.Status, Is.EqualTo(ActivityStatusCode.Error));
        Assert.That(hold.Events.Single().Name, Is.EqualTo("gogoscope.lease.lost"));
        Assert.That(hold.GetTagItem("error.type"), Is.EqualTo(typeof(LeaseLostException).FullName));
    }

    [Test]
    public async Task What_is_not_sampled_costs_no_span()
    {
        _collected.Dispose();
        var asked = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) =>
            {
                asked++;
                return ActivitySamplingResult.None;
            },
            ActivityStopped = _ => Assert.Fail("a span was made"),
        };
        ActivitySource.AddActivityListener(listener);
        await (await Take(new InMemoryLockProvider())).DisposeAsync();
        Assert.That(asked, Is.EqualTo(1));
    }
}
