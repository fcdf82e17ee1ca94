using GoGoScope.Testing;

namespace GoGoScope.Tests.Locks;

/// <summary>How often each waiter was passed over is counted exactly, whoever comes and leaves meanwhile.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PassedOverTests
{
    private readonly InMemoryLockProvider _provider = new();
    private readonly Dictionary<string, Task<LockGuard>> _waiting = [];

    [Test]
    public async Task Those_who_came_earlier_are_passed_over_and_no_others()
    {
        var holder = await NewLock("holder").AcquireAsync();
        Queue("early");
        Queue("urgent", priority: 1);
        Queue("late");
        await holder.DisposeAsync();
        await _waiting["urgent"].Soon();
        Assert.That(PassedOver(), Is.EqualTo(["early 1", "late 0"]));
    }

    [Test]
    public async Task Whoever_is_granted_without_waiting_passes_over_all_who_wait()
    {
        await NewLock("holder").AcquireReadAsync();
        Queue("first");
        Queue("second");
        Assert.That(await NewLock("urgent").TryAcquireReadAsync(new AcquireOptions { Priority = 1, Timeout = TimeSpan.Zero }), Is.Not.Null);
        Assert.That(PassedOver(), Is.EqualTo(["first 1", "second 1"]));
    }

    [TestCase("second")]
    [TestCase("third")]
    public async Task A_waiter_that_leaves_takes_nothing_from_those_before_it_and_leaves_nothing_to_those_behind(string leaver)
    {
        using var cancel = new CancellationTokenSource();
        var holder = await NewLock("holder").AcquireAsync();
        foreach (var owner in new[] { "first", "second", "third" }) Queue(owner, cancellationToken: owner == leaver ? cancel.Token : default);
        Queue("urgent", priority: 1);
        await holder.DisposeAsync();
        await _waiting["urgent"].Soon();
        cancel.Cancel();
        Queue("late");
        var stayed = leaver == "second" ? "third" : "second";
        Assert.That(PassedOver(), Is.EqualTo(["first 1", $"{stayed} 1", "late 0"]));
    }

    [Test]
    public async Task The_first_one_takes_its_count_along()
    {
        using var cancel = new CancellationTokenSource();
        var holder = await NewLock("holder").AcquireAsync();
        Queue("first", cancellationToken: cancel.Token);
        Queue("urgent", priority: 1);
        await holder.DisposeAsync();
        await _waiting["urgent"].Soon();
        Queue("late");
        cancel.Cancel();
        Assert.That(PassedOver(), Is.EqualTo(["late 0"]));
    }

    private Lock NewLock(string owner) => new(CancellationToken.None, new LockOptions { Key = "key", Provider = _provider, Owner = owner });

    private void Queue(string owner, int priority = 0, CancellationToken cancellationToken = default) =>
        _waiting[owner] = NewLock(owner).AcquireAsync(new AcquireOptions { Priority = priority }, cancellationToken).AsTask();

    private IEnumerable<string> PassedOver() => _provider.Snapshot().Single().Waiters.Select(waiter => $"{waiter.Owner} {waiter.PassedOver}");
}
