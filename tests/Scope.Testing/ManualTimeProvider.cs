using System.Diagnostics;

namespace GoGoScope.Testing;

/// <summary>
/// A clock that stands still until <see cref="Advance"/> moves it; timers fire while it moves, in order, each at its own time.
/// </summary>
/// <remarks>
/// <para>Callbacks run on the thread that calls <see cref="Advance"/>, one at a time, with no lock of the clock held that a
/// reader or a timer would need: a callback may create, change or dispose timers, read the clock, and advance it.
/// When <see cref="Advance"/> returns, every callback that was due has returned.</para>
/// <para>A timer that is set to zero is due at once. As with a real timer it does not fire under the stack of whoever set it,
/// but on the thread pool, or in an <see cref="Advance"/> that comes first.</para>
/// <para>The wall clock and the timestamps move together; a timestamp is a tick.</para>
/// </remarks>
/// <example>
/// <code>
/// var time = new ManualTimeProvider();
/// var acquiring = taken.AcquireAsync(new AcquireOptions { Timeout = TimeSpan.FromSeconds(5) });
/// time.Advance(TimeSpan.FromSeconds(5));      // acquiring fails with a LockTimeoutException
/// </code>
/// </example>
public sealed class ManualTimeProvider : TimeProvider
{
    private static readonly long LastTick = DateTimeOffset.MaxValue.UtcTicks;

    // Held while callbacks run, so that whoever advances waits for those who already do. Re-entrant: a callback may advance.
    private readonly System.Threading.Lock _advancing = new();
    private readonly System.Threading.Lock _gate = new();
    private readonly SortedSet<ManualTimer> _set = new(ManualTimer.ByDueTime);
    private long _now;
    private long _settings;
    private int _advancers;

    /// <summary>A clock that stands at <paramref name="start"/>, by default at the first moment of 2026 (UTC).</summary>
    public ManualTimeProvider(DateTimeOffset? start = null) =>
        _now = (start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)).UtcTicks;

    /// <summary>How many timers are set: they will fire when the clock is moved far enough.</summary>
    public int ActiveTimers
    {
        get { lock (_gate) return _set.Count; }
    }

    /// <summary>How far the clock has to be moved until a timer fires: zero if one is due already, null if none is set.</summary>
    public TimeSpan? UntilNextTimer
    {
        get { lock (_gate) return _set.Min is { } next ? TimeSpan.FromTicks(Math.Max(0, next.DueAt - _now)) : null; }
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_gate) return _now;
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(GetTimestamp(), TimeSpan.Zero);

    /// <summary>Moves the clock by <paramref name="amount"/> and fires every timer that becomes due, each when the clock shows its time.</summary>
    /// <remarks>
    /// What a callback throws is thrown here. The clock stands then at the time at which it was thrown, and what else is due by
    /// that time fires on the thread pool, or in an <see cref="Advance"/> that comes first.
    /// </remarks>
    /// <param name="amount">Zero or more, and not beyond <see cref="DateTimeOffset.MaxValue"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="amount"/> is negative, or leads beyond <see cref="DateTimeOffset.MaxValue"/>. The clock has not moved.
    /// </exception>
    public void Advance(TimeSpan amount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(amount, TimeSpan.Zero);
        lock (_advancing)
        {
            long target;
            lock (_gate)
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThan(amount, TimeSpan.FromTicks(LastTick - _now));
                target = _now + amount.Ticks;
                _advancers++;
            }
            try
            {
                while (NextDue(target) is { } timer) timer.Fire();
            }
            catch
            {
                bool isLeft;
                lock (_gate) isLeft = --_advancers == 0 && _set.Min?.DueAt <= _now;
                if (isLeft) FireOnThreadPool();
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state, TimerContext.Capture());
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>
    /// Takes the next timer that is due until <paramref name="target"/>, or until now if a callback has advanced the clock beyond
    /// that; null when the clock has come there.
    /// </summary>
    private ManualTimer? NextDue(long target)
    {
        lock (_gate)
        {
            var end = Math.Max(_now, target);
            if (_set.Min is { } timer && timer.DueAt <= end)
            {
                // A callback may have advanced the clock beyond what was due.
                _now = Math.Max(_now, timer.DueAt);
                _set.Remove(timer);
                if (timer.Period > 0) SetHoldingGate(timer, timer.DueAt + timer.Period);
                return timer;
            }
            _now = end;
            _advancers--;
            return null;
        }
    }

    private void Set(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        bool atOnce;
        lock (_gate)
        {
            _set.Remove(timer);
            timer.Period = period <= TimeSpan.Zero ? 0 : period.Ticks;
            if (dueTime < TimeSpan.Zero) return;
            SetHoldingGate(timer, _now + dueTime.Ticks);
            // Whoever advances now will come to it.
            atOnce = dueTime == TimeSpan.Zero && _advancers == 0;
        }
        if (atOnce) FireOnThreadPool();
    }

    private void FireOnThreadPool() => ThreadPool.UnsafeQueueUserWorkItem(static clock => clock.Advance(TimeSpan.Zero), this, preferLocal: false);

    private void SetHoldingGate(ManualTimer timer, long dueAt)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "the set of timers was changed without the gate");
        timer.DueAt = dueAt;
        timer.Setting = ++_settings;
        _set.Add(timer);
    }

    private void Clear(ManualTimer timer)
    {
        lock (_gate) _set.Remove(timer);
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state, ExecutionContext context) : ITimer
    {
        /// <summary>Timers of the same time fire in the order in which they were set.</summary>
        internal static readonly IComparer<ManualTimer> ByDueTime = Comparer<ManualTimer>.Create(static (a, b) =>
            a.DueAt != b.DueAt ? a.DueAt.CompareTo(b.DueAt) : a.Setting.CompareTo(b.Setting));

        // Of the clock, under its gate; DueAt and Setting change only while the timer is not in the set.
        internal long DueAt;
        internal long Setting;
        internal long Period;
        private volatile bool _disposed;

        internal void Fire()
        {
            if (!_disposed) ExecutionContext.Run(context, static timer => ((ManualTimer)timer!).Call(), this);
        }

        private void Call() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Refuse(dueTime);
            Refuse(period);
            if (_disposed) return false;
            clock.Set(this, dueTime, period);
            // Disposed in between: whoever was later has to clear it.
            if (_disposed) clock.Clear(this);
            return true;
        }

        public void Dispose()
        {
            _disposed = true;
            clock.Clear(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private static void Refuse(TimeSpan value)
        {
            // What System.Threading.Timer takes.
            const double Longest = uint.MaxValue - 1d;
            if ((value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan) || value.TotalMilliseconds > Longest)
                throw new ArgumentOutOfRangeException(nameof(value), value, "A timer takes zero to 2^32 - 2 ms, or Timeout.InfiniteTimeSpan.");
        }
    }
}
