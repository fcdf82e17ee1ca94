namespace GoGoScope.Testing;

/// <summary>
/// The clock of one process in a test of several: it runs a little faster or slower than the others, its wall clock may be
/// hours off, and it can be stopped, as a process is that is paused: time goes on, and its timers fire when it continues.
/// </summary>
/// <remarks>Timestamps start at those of the clock that it is made from; only the wall clock is off or jumps.</remarks>
/// <example>
/// <code>
/// var time = new ManualTimeProvider();
/// var clock = new ProcessClock(time, offset: TimeSpan.FromHours(-5), drift: 0.0005);
/// var provider = new LeasedLockProvider(store, new LeaseOptions { TimeProvider = clock });
/// clock.Stop();
/// time.Advance(TimeSpan.FromMinutes(1));        // no timer of the provider fires
/// clock.Continue();                             // all that were due fire now
/// </code>
/// </example>
public sealed class ProcessClock : TimeProvider
{
    private readonly TimeProvider _time;
    private readonly long _startStamp;
    private readonly DateTimeOffset _startOfWall;
    private readonly double _drift;

    private readonly System.Threading.Lock _gate = new();
    private readonly Queue<(ProcessTimer Timer, long Setting)> _held = [];
    private TimeSpan _jumped;
    private bool _isStopped;

    /// <summary>A clock that is driven by <paramref name="time"/>.</summary>
    /// <param name="time">The true time.</param>
    /// <param name="offset">By how much the wall clock is ahead of it.</param>
    /// <param name="drift">By which share it runs faster, such as 0.001; slower if it is negative. Between -0.5 and 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="drift"/> is out of range.</exception>
    public ProcessClock(TimeProvider time, TimeSpan offset = default, double drift = 0)
    {
        ArgumentNullException.ThrowIfNull(time);
        if (!(Math.Abs(drift) <= 0.5)) throw new ArgumentOutOfRangeException(nameof(drift), drift, "A clock drifts by -0.5 to 0.5.");
        _time = time;
        _startStamp = time.GetTimestamp();
        _startOfWall = time.GetUtcNow() + offset;
        _drift = drift;
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => _time.TimestampFrequency;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => _time.LocalTimeZone;

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        var passed = _time.GetTimestamp() - _startStamp;
        return _startStamp + passed + (long)(passed * _drift);
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _startOfWall + GetElapsedTime(_startStamp, GetTimestamp()) + _jumped;
    }

    /// <summary>Sets the wall clock forward, or back if <paramref name="amount"/> is negative. Timers don't notice.</summary>
    public void Jump(TimeSpan amount)
    {
        lock (_gate) _jumped += amount;
    }

    /// <summary>Stops the process: no timer fires until <see cref="Continue"/>.</summary>
    public void Stop()
    {
        lock (_gate) _isStopped = true;
    }

    /// <summary>Lets the process continue: timers that have come due meanwhile fire before this returns, in their order.</summary>
    /// <remarks>Each fires in the execution context of whoever made it, as one does that has not waited.</remarks>
    public void Continue()
    {
        while (true)
        {
            (ProcessTimer Timer, long Setting) next;
            lock (_gate)
            {
                if (!_held.TryDequeue(out next))
                {
                    _isStopped = false;
                    return;
                }
            }
            next.Timer.FireHeld(next.Setting);
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ProcessTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private bool Hold(ProcessTimer timer, long setting)
    {
        lock (_gate)
        {
            if (_isStopped) _held.Enqueue((timer, setting));
            return _isStopped;
        }
    }

    /// <summary>How long it really takes until this clock has moved by <paramref name="amount"/>, at the least.</summary>
    private TimeSpan ToTrueTime(TimeSpan amount) =>
        amount <= TimeSpan.Zero || _drift == 0 ? amount : TimeSpan.FromTicks((long)Math.Ceiling(amount.Ticks / (1 + _drift)) + 1);

    private sealed class ProcessTimer : ITimer
    {
        private readonly ProcessClock _clock;
        private readonly ContextCallback _callback;
        private readonly object? _state;
        private readonly ExecutionContext _context = TimerContext.Capture();
        private readonly ITimer _timer;
        private long _setting;

        internal ProcessTimer(ProcessClock clock, TimerCallback callback, object? state)
        {
            (_clock, _callback, _state) = (clock, new ContextCallback(callback), state);
            _timer = clock._time.CreateTimer(static timer => ((ProcessTimer)timer!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref _setting);
            return _timer.Change(_clock.ToTrueTime(dueTime), _clock.ToTrueTime(period));
        }

        public void Dispose()
        {
            Interlocked.Increment(ref _setting);
            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        /// <summary>Fires one that was due while the clock was stopped, unless it was set anew or disposed since.</summary>
        internal void FireHeld(long setting)
        {
            if (Volatile.Read(ref _setting) == setting) Call();
        }

        private void Fire()
        {
            if (!_clock.Hold(this, Volatile.Read(ref _setting))) Call();
        }

        private void Call() => ExecutionContext.Run(_context, _callback, _state);
    }
}
