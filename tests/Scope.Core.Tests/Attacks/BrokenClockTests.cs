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
