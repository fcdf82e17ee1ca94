using System.Runtime.CompilerServices;
using GoGoScope.Tests.Scopes;
using ManualTimeProvider = GoGoScope.Testing.ManualTimeProvider;

namespace GoGoScope.Tests.Attacks;

/// <summary>A clock is the application's code: it may throw, and it may look at who is inside what.</summary>
public sealed class BrokenClockTests
{
    [Test]
    public async Task A_wait_whose_timer_cannot_be_made_leaves_no_ghost_in_the_queue()
    {
        var provider = new InMemoryLockProvider();
        await using var broken = new Lock(CancellationToken.None, new LockOptions { Key = "k", Provider = provider, TimeProvider = new Broken() });
        await using var fine = new Lock(CancellationToken.None, new LockOptions { Key = "k", Provider = provider });

        var holder = await fine.AcquireAsync();
        Assert.Catch<NotSupportedException>(() => broken.AcquireAsync(TimeSpan.FromSeconds(1)).AsTask().GetAwaiter().GetResult());
        await holder.DisposeAsync();

        Assert.That(provider.EntryCount, Is.Zero, "a request that failed was granted the key");
    }

    [Test]
    public void A_lease_whose_timer_cannot_be_made_leaves_no_hold()
    {
        var provider = new InMemoryLockProvider();
        var broken = new Lock(CancellationToken.None, new LockOptions
        {
            Key = "k", Provider = provider, TimeProvider = new Broken(), AutoRenew = false, TimeToLive = TimeSpan.FromSeconds(1),
        });
        Assert.Catch<NotSupportedException>(() => broken.AcquireAsync().AsTask().GetAwaiter().GetResult());
        Assert.That(provider.EntryCount, Is.Zero, "a request that failed holds the key for ever");
    }

    [Test]
    public async Task Renewing_does_not_call_the_clock_inside_the_gate()
    {
        var provider = new InMemoryLockProvider();
        var stripe = provider.StripeOf("k".GetHashCode());
        var clock = new Watching(stripe);
        await using var @lock = new Lock(CancellationToken.None, new LockOptions
        {
            Key = "k", Provider = provider, TimeProvider = clock, AutoRenew = false, TimeToLive = TimeSpan.FromSeconds(10),
        });
        await using var guard = await @lock.AcquireAsync();
        await guard.RenewAsync(TimeSpan.FromSeconds(20));
        Assert.That(clock.CallsInsideGate, Is.Zero);
    }

    [Test]
    public async Task A_timed_wait_works_where_the_execution_context_does_not_flow()
    {
        var @lock = new Lock(CancellationToken.None, new LockOptions { TimeProvider = new ManualTimeProvider() });
        await using var holder = await @lock.AcquireAsync();
        ValueTask<LockGuard?> wait;
        using (ExecutionContext.SuppressFlow()) wait = @lock.TryAcquireAsync(TimeSpan.FromSeconds(1));
        await holder.DisposeAsync();
        Assert.That(await wait.AsTask().Soon(), Is.Not.Null);
    }

    [Test]
    public async Task A_child_scope_whose_deadline_cannot_be_set_leaves_its_parent_as_it_was()
    {
        var parent = Scope.Create(new ScopeOptions { TimeProvider = new Broken() });
        var (token, before) = (parent.Token, parent.Dump());
        Assert.Throws<NotSupportedException>(() => parent.CreateChild(new ScopeOptions { Timeout = TimeSpan.FromSeconds(1) }));
        Assert.That(parent.Dump(), Is.EqualTo(before));

        parent.Cancel();
        Assert.That(token.IsCancellationRequested, "it is cancelled");
        await parent.DisposeAsync().Soon();
    }

    [Test]
    public async Task A_scope_whose_deadline_cannot_be_set_has_none_and_can_be_cancelled_and_ended([Values] bool isCancelledBefore)
    {
        var parent = Scope.Create();
        var s = parent.CreateChild(new ScopeOptions { TimeProvider = new Broken() });
        var (token, released) = (s.Token, false);
        s.Defer(_ =>
        {
            released = true;
            return Task.CompletedTask;
        });
        Assert.Throws<NotSupportedException>(() => s.CancelAfter(TimeSpan.FromSeconds(1)));
        Assert.That(s.Deadline, Is.Null);

        if (isCancelledBefore) parent.Cancel();
        Assert.That(token.IsCancellationRequested, Is.EqualTo(isCancelledBefore));
        await parent.DisposeAsync().Soon();
        Assert.That((token.IsCancellationRequested, released), Is.EqualTo((true, true)));
    }

    [Test]
    public async Task Of_a_scope_whose_deadline_cannot_be_set_nothing_is_kept([Values] bool isChild)
    {
        using var caller = new CancellationTokenSource();
        await using var parent = Scope.Create();
        Assert.That(await FailToCreate(isChild ? parent : null, caller.Token).IsCollected());
        // Which both of them are until here.
        Assert.That(parent.Reason, Is.Null);
        Assert.That(caller.IsCancellationRequested, Is.False);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference FailToCreate(Scope? parent, CancellationToken caller)
        {
            var clock = new Broken();
            var options = new ScopeOptions { TimeProvider = clock, Timeout = TimeSpan.FromSeconds(1) };
            Assert.Throws<NotSupportedException>(() => _ = parent?.CreateCancellableChild(options, caller) ?? Scope.Create(options, caller));
            return new WeakReference(clock);
        }
    }

    [Test]
    public async Task A_lost_lease_cancels_a_scope_whose_deadline_could_not_be_set_and_whoever_waits_gets_the_key()
    {
        var time = new ManualTimeProvider();
        var provider = new InMemoryLockProvider();
        var s = Scope.Create(new ScopeOptions { TimeProvider = new Broken(), LockProvider = provider });
        var token = s.Token;
        Assert.Throws<NotSupportedException>(() => s.CancelAfter(TimeSpan.FromSeconds(1)));
        _ = await s.CreateLock("k", new LockOptions { TimeProvider = time, AutoRenew = false, TimeToLive = TimeSpan.FromSeconds(1), OnLost = LeaseLossAction.CancelScope }).AcquireAsync();
        await using var other = new Lock(CancellationToken.None, new LockOptions { Key = "k", Provider = provider });
        var waiting = other.AcquireAsync().AsTask();

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(token.IsCancellationRequested);
        await (await waiting.Soon()).DisposeAsync();
        await s.DisposeAsync().Soon();
    }

    private sealed class Broken : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            throw new NotSupportedException("no timers today");
    }

    private sealed class Watching(Stripe stripe) : TimeProvider
    {
        internal int CallsInsideGate;

        public override long TimestampFrequency
        {
            get
            {
                if (stripe.Gate.IsClosed) CallsInsideGate++;
                return System.TimestampFrequency;
            }
        }
    }
}
