using GoGoScope.Tests.Locks;
using GoGoScope.Tests.Scopes;
using GoGoScope.Tests.Timing;
using ManualTimeProvider = GoGoScope.Testing.ManualTimeProvider;

namespace GoGoScope.Tests.Attacks;

public sealed class TransientClockTests
{
    [Test]
    public async Task A_timer_that_could_not_be_set_once_does_not_silence_the_deadlines_after_it()
    {
        var time = new ManualTimeProvider();
        var @lock = new Lock(CancellationToken.None, new LockOptions { TimeProvider = new OnceBroken(time) });
        await using var holder = await @lock.AcquireAsync();
        Assert.Catch<NotSupportedException>(() => @lock.TryAcquireAsync(TimeSpan.FromSeconds(1)).AsTask().GetAwaiter().GetResult());

        var wait = @lock.TryAcquireAsync(TimeSpan.FromSeconds(2)).AsTask();
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.That(await Task.WhenAny(wait, Task.Delay(TestTools.Hang)) == wait, "a wait of 2 s goes on after 5 s");
    }

    [Test]
    public void A_time_that_could_not_be_read_once_does_not_silence_the_deadlines_after_it([Values(1, 2, 3)] int read)
    {
        var time = new ManualTimeProvider();
        var clock = new OnceUnreadable(time);
        var queue = DeadlineQueue.For(clock);
        var (failed, next) = (new RecordedDeadline(time), new RecordedDeadline(time));
        clock.FailsAt(read);
        Assert.Catch<NotSupportedException>(() => queue.Schedule(failed, TimeSpan.FromSeconds(1)));
        queue.Cancel(failed);

        queue.Schedule(next, TimeSpan.FromSeconds(2));
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.That((failed.Calls, next.Calls), Is.EqualTo((0, 1)));
    }

    [Test]
    public void A_timer_that_could_not_be_set_once_puts_off_none_of_the_deadlines_before_it()
    {
        var time = new ManualTimeProvider();
        var clock = new OnceUnreadable(time);
        var queue = DeadlineQueue.For(clock);
        var (before, failed) = (new RecordedDeadline(time), new RecordedDeadline(time));
        queue.Schedule(before, TimeSpan.FromSeconds(2));
        clock.FailsAt(2);
        Assert.Catch<NotSupportedException>(() => queue.Schedule(failed, TimeSpan.FromSeconds(1)));
        queue.Cancel(failed);

        queue.Schedule(new RecordedDeadline(time), TimeSpan.FromHours(1));
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.That(before.Calls, Is.EqualTo(1));
    }

    [Test]
    public void A_time_that_could_not_be_read_when_something_was_due_is_read_again([Values(1, 2)] int read, [Values] bool anotherComes)
    {
        var time = new ManualTimeProvider();
        var clock = new OnceUnreadable(time);
        var queue = DeadlineQueue.For(clock);
        RecordedDeadline[] due = [new(time), new(time)];
        foreach (var deadline in due) queue.Schedule(deadline, TimeSpan.FromSeconds(1));
        clock.FailsAt(read);
        Assert.Catch<NotSupportedException>(() => time.Advance(TimeSpan.FromSeconds(1)));

        if (anotherComes) queue.Schedule(new RecordedDeadline(time), TimeSpan.FromHours(1));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(due.Select(deadline => deadline.Calls), Is.All.EqualTo(1));
    }

    [Test]
    public async Task A_deadline_that_could_not_be_moved_is_that_of_before([Values(1, 2)] int read, [Values] bool toLater)
    {
        var time = new ManualTimeProvider();
        var clock = new OnceUnreadable(time);
        await using var s = Scope.Create(new ScopeOptions { TimeProvider = clock, Timeout = TimeSpan.FromSeconds(2) });
        var (token, before) = (s.Token, s.Deadline);
        clock.FailsAt(read);
        // What comes later needs no timer, and so no second look at the clock.
        var moves = toLater && read == 2;
        if (moves) s.CancelAfter(TimeSpan.FromSeconds(3));
        else Assert.Catch<NotSupportedException>(() => s.CancelAfter(TimeSpan.FromSeconds(toLater ? 3 : 1)));
        clock.FailsAt(0);

        if (!moves) Assert.That(s.Deadline, Is.EqualTo(before));
        time.Advance(TimeSpan.FromSeconds(moves ? 2.9 : 1.9));
        Assert.That(token.IsCancellationRequested, Is.False);
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.That(token.IsCancellationRequested);
        Assert.That(s.Reason!.Cause, Is.EqualTo(CancellationCause.Deadline));
    }

    [Test]
    public async Task A_deadline_that_comes_as_it_is_being_set_cancels([Values] bool isMoved)
    {
        var options = new ScopeOptions { TimeProvider = new ImmediateTimeProvider(), Timeout = isMoved ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(1) };
        await using var s = Scope.Create(options);
        if (isMoved) s.CancelAfter(TimeSpan.FromSeconds(1));
        Assert.That(s.Reason?.Cause, Is.EqualTo(CancellationCause.Deadline));
    }

    [Test]
    public async Task A_time_that_could_not_be_read_when_a_lease_was_due_is_read_again([Values(1, 2, 3)] int read)
    {
        var time = new ManualTimeProvider();
        var clock = new OnceUnreadable(time);
        await using var @lock = new Lock(CancellationToken.None, new LockOptions
        {
            Key = "k", Provider = new InMemoryLockProvider(), TimeProvider = clock, AutoRenew = false, TimeToLive = TimeSpan.FromSeconds(1),
        });
        var holder = await @lock.AcquireAsync();
        var waiting = @lock.AcquireAsync().AsTask();
        FailAt(read, clock, time, TimeSpan.FromSeconds(1));

        time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.That(holder.IsHeld, Is.False);
        await (await waiting.Soon()).DisposeAsync();
    }

    [Test]
    public async Task A_time_that_could_not_be_read_when_a_lease_of_a_store_was_due_is_read_again([Values(1, 2, 3)] int read)
    {
        var time = new ManualTimeProvider();
        var clock = new OnceUnreadable(time);
        var provider = new LeasedLockProvider(new GoGoScope.Testing.InMemoryLockStore(time), new LeaseOptions { TimeProvider = clock });
        var @lock = new Lock(CancellationToken.None, new LockOptions { Key = "k", Provider = provider, AutoRenew = false, TimeToLive = TimeSpan.FromSeconds(1) });
        var lost = (await @lock.AcquireAsync()).LostToken;
        await GoGoScope.Testing.Waiting.Until(() => provider.IsQuiet, "nobody else looks at the clock");
        FailAt(read, clock, time, TimeSpan.FromSeconds(1));

        time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.That(lost.IsCancellationRequested);
        await provider.DisposeAsync().AsTask().Soon();
    }

    [Test]
    public async Task A_time_that_could_not_be_read_when_a_wait_for_a_store_was_over_is_read_again([Values(1, 2, 3)] int read)
    {
        var time = new ManualTimeProvider();
        var clock = new OnceUnreadable(time);
        var (provider, elsewhere, held) = await HoldElsewhereAsync(time, clock);
        var waiting = new Lock(CancellationToken.None, new LockOptions { Key = "k", Provider = provider, TimeProvider = clock }).TryAcquireAsync(TimeSpan.FromSeconds(0.5)).AsTask();
        await GoGoScope.Testing.Waiting.Until(() => provider.IsQuiet, "it waits, and nobody else looks at the clock");
        FailAt(read, clock, time, TimeSpan.FromSeconds(0.5));

        time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.That(await waiting.Soon(), Is.Null);
        await held.DisposeAsync();
        await provider.DisposeAsync().AsTask().Soon();
        await elsewhere.DisposeAsync().AsTask().Soon();
    }

    [Test]
    public async Task A_wait_that_a_token_ends_as_the_time_cannot_be_read_is_over()
    {
        var time = new ManualTimeProvider();
        var clock = new OnceUnreadable(time);
        var (provider, elsewhere, held) = await HoldElsewhereAsync(time, clock);
        using var caller = new CancellationTokenSource();
        var waiting = new Lock(CancellationToken.None, new LockOptions { Key = "k", Provider = provider }).AcquireAsync(caller.Token).AsTask();
        await GoGoScope.Testing.Waiting.Until(() => provider.IsQuiet, "it waits, and nobody else looks at the clock");
        clock.FailsAt(1);
        Assert.Catch<AggregateException>(caller.Cancel);
        clock.FailsAt(0);

        Assert.That(await waiting.Error(), Is.InstanceOf<OperationCanceledException>());
        await held.DisposeAsync();
        await provider.DisposeAsync().AsTask().Soon();
        await elsewhere.DisposeAsync().AsTask().Soon();
    }

    /// <summary>One whose clock fails, and another one of the same store, which holds the key.</summary>
    private static async Task<(LeasedLockProvider Provider, LeasedLockProvider Elsewhere, LockGuard Held)> HoldElsewhereAsync(ManualTimeProvider time, OnceUnreadable clock)
    {
        var store = new GoGoScope.Testing.InMemoryLockStore(time);
        var elsewhere = new LeasedLockProvider(store, new LeaseOptions { TimeProvider = time });
        var held = await new Lock(CancellationToken.None, new LockOptions { Key = "k", Provider = elsewhere }).AcquireAsync();
        return (new LeasedLockProvider(store, new LeaseOptions { TimeProvider = clock }), elsewhere, held);
    }

    private static void FailAt(int read, OnceUnreadable clock, ManualTimeProvider time, TimeSpan amount)
    {
        clock.FailsAt(read);
        try
        {
            time.Advance(amount);
        }
        catch (NotSupportedException)
        {
            // Not all that is due reads so often.
        }
        clock.FailsAt(0);
    }

    private sealed class OnceUnreadable(TimeProvider inner) : TimeProvider
    {
        private int _readsLeft;
        private int _thread;

        public override long TimestampFrequency => inner.TimestampFrequency;

        /// <summary>Of those of the calling thread the next read is the first.</summary>
        internal void FailsAt(int read) => (_readsLeft, _thread) = (read, Environment.CurrentManagedThreadId);

        public override long GetTimestamp() =>
            Environment.CurrentManagedThreadId == _thread && --_readsLeft == 0 ? throw new NotSupportedException("not now") : inner.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            inner.CreateTimer(callback, state, dueTime, period);
    }

    private sealed class OnceBroken(TimeProvider inner) : TimeProvider
    {
        private int _toBreak = 1;

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override long GetTimestamp() => inner.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new Timer(this, inner.CreateTimer(callback, state, dueTime, period));

        private sealed class Timer(OnceBroken clock, ITimer inner) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) =>
                Interlocked.Exchange(ref clock._toBreak, 0) == 1 ? throw new NotSupportedException("not now") : inner.Change(dueTime, period);

            public void Dispose() => inner.Dispose();

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}
