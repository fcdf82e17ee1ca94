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

    private sealed class OnceUnreadable(TimeProvider inner) : TimeProvider
    {
        private int _readsLeft;

        public override long TimestampFrequency => inner.TimestampFrequency;

        /// <summary>The next read is the first.</summary>
        internal void FailsAt(int read) => _readsLeft = read;

        public override long GetTimestamp() =>
            Interlocked.Decrement(ref _readsLeft) == 0 ? throw new NotSupportedException("not now") : inner.GetTimestamp();

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
