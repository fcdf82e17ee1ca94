using GoGoScope.Testing;

namespace GoGoScope.Tests.Locks;

/// <summary>A wait ends once, by what came first, although its caller has not looked yet; and its waiter is used again only when nothing can call it back any more.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class OneOutcomeTests : IDisposable
{
    private const string Key = "key";
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(10);
    private readonly InMemoryLockProvider _provider = new();
    private readonly ManualTimeProvider _time = new();
    private readonly CancellationTokenSource _caller = new();

    public enum Ending { Caller, Deadline, Lifetime }

    public void Dispose() => _caller.Dispose();

    [Test]
    public async Task What_comes_after_the_grant_changes_nothing([Values] Ending late)
    {
        var @lock = NewLock();
        var waiting = await Granted(@lock);
        await Come(late, @lock);
        var guard = await waiting;
        Assert.That(guard.IsHeld);
        Assert.That(await NewLock().TryAcquireAsync(), Is.Null);
        await guard.DisposeAsync();
        Assert.That(_provider.EntryCount, Is.Zero);
    }

    [Test]
    public async Task What_comes_after_another_end_changes_nothing([Values] Ending first)
    {
        var @lock = NewLock();
        var holder = await NewLock().AcquireAsync();
        var waiting = @lock.AcquireAsync(Moment, _caller.Token);
        await Come(first, @lock);
        foreach (var late in Enum.GetValues<Ending>()) await Come(late, @lock);
        await holder.DisposeAsync();

        Assert.That(_provider.EntryCount, Is.Zero, "who has left is granted nothing");
        await Assert.ThatAsync(async () => await waiting.Soon(), first switch
        {
            Ending.Caller => Throws.InstanceOf<OperationCanceledException>().With.Property(nameof(OperationCanceledException.CancellationToken)).EqualTo(_caller.Token),
            Ending.Deadline => Throws.TypeOf<LockTimeoutException>(),
            _ => Throws.TypeOf<ObjectDisposedException>(),
        });
    }

    [Test]
    public async Task A_waiter_that_was_called_back_is_not_used_again([Values(Ending.Caller, Ending.Deadline)] Ending late)
    {
        await FillPool();
        var @lock = NewLock();
        var waiting = await Granted(@lock);
        await Come(late, @lock);
        await (await waiting).DisposeAsync();
        Assert.That(Stripe.FreeWaiter, Is.Null);
    }

    [Test]
    public async Task A_waiter_that_nothing_can_call_back_is_used_again_and_no_event_of_its_first_wait_meets_the_second()
    {
        var waiter = await FillPool();
        var @lock = NewLock();
        await (await await Granted(@lock)).DisposeAsync();
        Assert.That(Stripe.FreeWaiter, Is.SameAs(waiter));

        var holder = await NewLock().AcquireAsync();
        var next = NewLock().AcquireAsync();
        foreach (var late in Enum.GetValues<Ending>()) await Come(late, @lock);
        Assert.That(_provider.Snapshot().Single().Waiters, Has.Count.EqualTo(1));
        await holder.DisposeAsync();
        await (await next.Soon()).DisposeAsync();
    }

    [Test]
    public async Task The_late_end_of_an_earlier_wait_meets_no_other()
    {
        var waiter = await FillPool();
        await (await await Granted(NewLock())).DisposeAsync();
        var number = waiter.Number;
        var holder = await NewLock().AcquireAsync();
        var next = NewLock().AcquireAsync();
        Assert.That(waiter.Number, Is.Not.EqualTo(number), "it is in use again");

        waiter.Leave(WaitOutcome.Ended, number);
        Assert.That(_provider.Snapshot().Single().Waiters, Has.Count.EqualTo(1));
        await holder.DisposeAsync();
        await (await next.Soon()).DisposeAsync();
    }

    [Test]
    public async Task A_waiter_whose_caller_has_not_looked_yet_is_not_used_again()
    {
        var holder = await NewLock().AcquireAsync();
        var scope = Scope.Create(new ScopeOptions { LockProvider = _provider });
        var waiting = scope.CreateLock(Key).AcquireAsync();
        await holder.DisposeAsync();
        await Waiting.Until(() => waiting.IsCompleted, "the wait is over");
        await scope.DisposeAsync();

        Assert.That(_provider.EntryCount, Is.Zero, "the end of the scope has taken the grant back");
        Assert.That(Stripe.FreeWaiter, Is.Null);
        await Assert.ThatAsync(async () => await waiting, Throws.InstanceOf<OperationCanceledException>());
    }

    private Stripe Stripe => _provider.StripeOf(Key.GetHashCode());

    private Lock NewLock() => new(CancellationToken.None, new LockOptions { Key = Key, Provider = _provider, TimeProvider = _time });

    /// <summary>A wait that all three could have ended and that was granted; nobody has looked at its outcome yet.</summary>
    private async Task<ValueTask<LockGuard>> Granted(Lock @lock)
    {
        var holder = await NewLock().AcquireAsync();
        var waiting = @lock.AcquireAsync(Moment, _caller.Token);
        await holder.DisposeAsync();
        await Waiting.Until(() => waiting.IsCompleted, "the wait is over");
        return waiting;
    }

    /// <summary>Lets the event come. Its callback has run when this returns.</summary>
    private async Task Come(Ending end, Lock @lock)
    {
        if (end == Ending.Caller) _caller.Cancel();
        else if (end == Ending.Deadline) _time.Advance(Moment);
        else await @lock.DisposeAsync();
    }

    /// <summary>Leaves one waiter in the pool, which is the one that is used next.</summary>
    private async Task<Waiter> FillPool()
    {
        await (await await Granted(NewLock())).DisposeAsync();
        Assert.That(Stripe.FreeWaiter, Is.Not.Null, "the waiter goes back to the pool");
        return Stripe.FreeWaiter!;
    }
}
