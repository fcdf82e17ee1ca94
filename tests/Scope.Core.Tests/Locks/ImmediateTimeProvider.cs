namespace GoGoScope.Tests.Locks;

/// <summary>A clock whose timers fire, on another thread and to the end, before whoever set them goes on.</summary>
internal sealed class ImmediateTimeProvider : TimeProvider
{
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Timer(this, callback, state);

    private sealed class Timer(ImmediateTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime < TimeSpan.Zero) return true;
            Interlocked.Add(ref clock._now, dueTime.Ticks);
            var firing = new Thread(() =>
            {
                callback(state);
                // Behind whatever the callback sent to the thread pool, as often as it has threads.
                for (var hop = 0; hop < 2 * Environment.ProcessorCount; hop++) Task.Run(() => { }).GetAwaiter().GetResult();
            });
            firing.Start();
            firing.Join();
            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
