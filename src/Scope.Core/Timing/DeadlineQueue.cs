using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace GoGoScope;

/// <summary>
/// All deadlines of one <see cref="System.TimeProvider"/>, ordered in a heap, behind a single timer: ten thousand
/// timed waits cost one timer, and setting or clearing one allocates nothing.
/// </summary>
/// <remarks>
/// The timer is armed for the earliest deadline and left alone when that one is cleared: it then fires once too
/// early, finds nothing due and arms itself for what is left. A deadline never fires before its time.
/// </remarks>
internal sealed class DeadlineQueue
{
    private const int MostTries = 3;

    // Timers take at most 2^32 - 2 ms.
    private static readonly TimeSpan LongestOfTimers = TimeSpan.FromDays(30);
    private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(10);

    // After the times above, which it reads while it is made.
    private static readonly DeadlineQueue SystemQueue = new(TimeProvider.System);
    private static readonly ConditionalWeakTable<TimeProvider, DeadlineQueue> Others = [];

    private const int KeptCapacity = 1024;

    private readonly TimeProvider _time;
    private readonly long _frequency;
    private readonly ITimer _timer;
    private Gate _gate;
    private Deadline[] _heap = new Deadline[16];
    private int _count;
    private long _armedFor = long.MaxValue;

    private DeadlineQueue(TimeProvider time)
    {
        _time = time;
        _frequency = time.TimestampFrequency;
        LongestTimer = time is BootTime ? BootTime.LongestTimer : LongestOfTimers;
        _timer = CreateTimer();
    }

    internal static DeadlineQueue For(TimeProvider time) =>
        ReferenceEquals(time, TimeProvider.System) ? SystemQueue : Others.GetValue(time, static t => new DeadlineQueue(t));

    internal int Count => Volatile.Read(ref _count);

    /// <summary>The longest that its timer is set for: whatever is due later is looked at again then.</summary>
    internal TimeSpan LongestTimer { get; }

    internal long Now => _time.GetTimestamp();

    /// <summary>The timestamp that is <paramref name="span"/> after <paramref name="timestamp"/>.</summary>
    internal long Later(long timestamp, TimeSpan span)
    {
        // In whole numbers: a double is now and then one unit too late, which a timer's milliseconds make a whole one.
        var (seconds, rest) = Math.DivRem(span.Ticks, TimeSpan.TicksPerSecond);
        if (seconds >= (long.MaxValue - timestamp) / _frequency - 1) return long.MaxValue;
        return timestamp + seconds * _frequency + (rest * _frequency + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;
    }

    /// <summary>How long it is until <paramref name="timestamp"/>, zero if it has passed; null if it is one that never comes.</summary>
    internal TimeSpan? Until(long timestamp)
    {
        if (timestamp == long.MaxValue) return null;
        var now = Now;
        return timestamp > now ? _time.GetElapsedTime(now, timestamp) : TimeSpan.Zero;
    }

    /// <summary>Sets <paramref name="deadline"/>, or moves it, to <paramref name="after"/> from now.</summary>
    internal void Schedule(Deadline deadline, TimeSpan after) => ScheduleAt(deadline, Later(Now, after));

    /// <summary>Sets <paramref name="deadline"/>, or moves it, to a timestamp.</summary>
    internal void ScheduleAt(Deadline deadline, long dueAt)
    {
        _gate.Enter();
        if (deadline.HeapIndex != Deadline.NotQueued) RemoveHoldingGate(deadline);
        deadline.DueAt = dueAt;
        AddHoldingGate(deadline);
        // Mostly the deadline itself. One before it is the earliest if the timer could not be set for that.
        var earliest = _heap[0].DueAt;
        var arm = earliest < _armedFor;
        if (arm) _armedFor = earliest;
        _gate.Exit();

        if (arm) Arm();
    }

    /// <summary>
    /// Clears <paramref name="deadline"/>. True means that its <see cref="Deadline.OnDue"/> will not be called;
    /// false that it was not set, or that the call is under way or done.
    /// </summary>
    internal bool Cancel(Deadline deadline)
    {
        _gate.Enter();
        var queued = deadline.HeapIndex != Deadline.NotQueued;
        if (queued) RemoveHoldingGate(deadline);
        _gate.Exit();
        return queued;
    }

    // The timer serves everybody; it must not carry the execution context of whoever came first.
    private ITimer CreateTimer()
    {
        var isSuppressed = ExecutionContext.IsFlowSuppressed();
        if (!isSuppressed) ExecutionContext.SuppressFlow();
        try
        {
            return _time.CreateTimer(static queue => ((DeadlineQueue)queue!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        finally
        {
            if (!isSuppressed) ExecutionContext.RestoreFlow();
        }
    }

    private void OnTimer()
    {
        try
        {
            CallWhatIsDue();
        }
        catch
        {
            // A clock that fails now may be right later. Whoever schedules before that arms for what is overdue.
            Volatile.Write(ref _armedFor, long.MaxValue);
            _timer.Change(PauseAfterFailure, Timeout.InfiniteTimeSpan);
            throw;
        }
    }

    private void CallWhatIsDue()
    {
        while (true)
        {
            var now = _time.GetTimestamp();
            _gate.Enter();
            if (_count == 0 || _heap[0].DueAt > now)
            {
                _armedFor = _count == 0 ? long.MaxValue : _heap[0].DueAt;
                var arm = _count != 0;
                _gate.Exit();
                if (arm) Arm();
                return;
            }
            var due = _heap[0];
            RemoveHoldingGate(due);
            _gate.Exit();
            due.OnDue(now);
        }
    }

    /// <summary>
    /// Sets the timer for the deadline it is armed for now. Two threads may do so in either order; both read the
    /// earliest one, so the last to write is right, and a timer that fires too early only looks again.
    /// </summary>
    private void Arm()
    {
        var tries = 0;
        long now, armedFor = long.MaxValue;
        try
        {
            do
            {
                armedFor = Volatile.Read(ref _armedFor);
                if (armedFor == long.MaxValue) return;
                now = Now;
                _timer.Change(Between(now, armedFor), Timeout.InfiniteTimeSpan);
            }
            // A timer counts from when it is set: a thread that lost its time slice just before has set it too late.
            while (armedFor != Volatile.Read(ref _armedFor) || (_time.GetElapsedTime(now) >= TimerResolution && ++tries < MostTries));
        }
        catch
        {
            // Whoever schedules next tries again. An earlier deadline that another thread arms for now is that one's.
            Interlocked.CompareExchange(ref _armedFor, long.MaxValue, armedFor);
            throw;
        }
    }

    private TimeSpan Between(long now, long timestamp)
    {
        if (timestamp <= now) return TimeSpan.Zero;
        var left = _time.GetElapsedTime(now, timestamp);
        if (left >= LongestTimer) return LongestTimer;
        // Timers count whole milliseconds and round down: round up, or it would fire early and spin.
        return TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
    }

    private void AddHoldingGate(Deadline deadline)
    {
        if (_count == _heap.Length) Array.Resize(ref _heap, _count * 2);
        SiftUp(_count++, deadline);
    }

    private void RemoveHoldingGate(Deadline deadline)
    {
        var index = deadline.HeapIndex;
        Debug.Assert(ReferenceEquals(_heap[index], deadline), "a deadline is not where it says it is");
        deadline.HeapIndex = Deadline.NotQueued;
        var last = _heap[--_count];
        _heap[_count] = null!;
        if (index == _count) return;
        if (index > 0 && last.DueAt < _heap[(index - 1) / 2].DueAt) SiftUp(index, last);
        else SiftDown(index, last);
        if (_heap.Length > KeptCapacity && _count < _heap.Length / 8) Array.Resize(ref _heap, _heap.Length / 2);
    }

    private void SiftUp(int index, Deadline deadline)
    {
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (_heap[parent].DueAt <= deadline.DueAt) break;
            Place(index, _heap[parent]);
            index = parent;
        }
        Place(index, deadline);
    }

    private void SiftDown(int index, Deadline deadline)
    {
        while (true)
        {
            var child = 2 * index + 1;
            if (child >= _count) break;
            if (child + 1 < _count && _heap[child + 1].DueAt < _heap[child].DueAt) child++;
            if (_heap[child].DueAt >= deadline.DueAt) break;
            Place(index, _heap[child]);
            index = child;
        }
        Place(index, deadline);
    }

    private void Place(int index, Deadline deadline)
    {
        _heap[index] = deadline;
        deadline.HeapIndex = index;
    }
}
