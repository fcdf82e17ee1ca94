using GoGoScope.Tests.Scopes;

namespace GoGoScope.Tests.Attacks;

/// <summary>A thread that loses its time slice between reading the clock and setting the timer.</summary>
public sealed class StalledArmingTests
{
    [Test]
    public async Task A_stalled_thread_does_not_make_the_deadlines_of_others_late()
    {
        var clock = new Clock();
        var queue = DeadlineQueue.For(clock);
        var (own, early, others) = (new Noted(), new Noted(), new Noted());

        clock.StallNextChange();
        var stalled = Task.Run(() => queue.Schedule(own, TimeSpan.FromSeconds(10)));
        await clock.Stalled.Task.Soon();

        queue.Schedule(early, TimeSpan.FromSeconds(5));
        clock.MoveTo(TimeSpan.FromSeconds(5));
        Assert.That(early.IsDue);
        queue.Schedule(others, TimeSpan.FromSeconds(6));
        clock.MoveTo(TimeSpan.FromSeconds(9));
        clock.Resume.Set();
        await stalled.Soon();

        clock.MoveTo(TimeSpan.FromSeconds(12));
        Assert.Multiple(() =>
        {
            Assert.That(own.IsDue, "due at 10 s, not called at 12 s");
            Assert.That(others.IsDue, "set by another thread, due at 11 s, not called at 12 s");
        });
    }

    private sealed class Noted : Deadline
    {
        internal bool IsDue;

        internal override void OnDue(long now) => IsDue = true;
    }

    private sealed class Clock : TimeProvider
    {
        private long _now;
        private long _dueAt = long.MaxValue;
        private TimerCallback? _callback;
        private object? _state;
        private int _stall;

        internal TaskCompletionSource Stalled { get; } = TestTools.Signal();

        internal ManualResetEventSlim Resume { get; } = new();

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref _now);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_callback, _state) = (callback, state);
            return new Timer(this);
        }

        internal void StallNextChange() => _stall = 1;

        internal void MoveTo(TimeSpan time)
        {
            while (_dueAt <= time.Ticks)
            {
                Volatile.Write(ref _now, Math.Max(_now, _dueAt));
                _dueAt = long.MaxValue;
                _callback!(_state);
            }
            Volatile.Write(ref _now, time.Ticks);
        }

        private void Change(TimeSpan dueTime)
        {
            if (Interlocked.Exchange(ref _stall, 0) == 1)
            {
                Stalled.SetResult();
                Resume.Wait();
            }
            _dueAt = dueTime < TimeSpan.Zero ? long.MaxValue : GetTimestamp() + dueTime.Ticks;
        }

        private sealed class Timer(Clock clock) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                clock.Change(dueTime);
                return true;
            }

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
