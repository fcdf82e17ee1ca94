namespace GoGoScope.Tool;

/// <summary>Sees to it that a program is asked to end a grace before its lease does, and is killed when it does.</summary>
/// <remarks>Both are called on the thread pool or on the thread of the caller, one at a time.</remarks>
internal sealed class EndOfLease : IDisposable
{
    private readonly System.Threading.Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _grace;
    private readonly Action _ask;
    private readonly Action _kill;
    private readonly ITimer _timer;
    private long _until;
    private long? _killAt;
    private bool _isOver;

    /// <param name="until">The timestamp until which the lease can be relied upon, as things stand.</param>
    /// <param name="grace">How long the program has between the two.</param>
    /// <param name="ask">Asks the program to end; called once.</param>
    /// <param name="kill">Kills it; called once.</param>
    /// <param name="time">By default the system's, which goes on while the machine sleeps.</param>
    internal EndOfLease(long until, TimeSpan grace, Action ask, Action kill, TimeProvider? time = null)
    {
        _time = time ?? BootTime.Provider;
        (_until, _grace, _ask, _kill) = (until, grace, ask, kill);
        _timer = _time.CreateTimer(static self => ((EndOfLease)self!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Look();
    }

    /// <summary>The lease was renewed. Too late once the program was asked to end.</summary>
    internal void MoveTo(long until)
    {
        lock (_gate)
        {
            if (_killAt is not null || _isOver) return;
            _until = until;
            Schedule();
        }
    }

    /// <summary>The program is to end now, though the lease may last longer.</summary>
    internal void Begin()
    {
        lock (_gate)
        {
            if (_killAt is null && !_isOver) Ask();
        }
    }

    /// <summary>Has the program never asked, if it was not by now; whether that is so.</summary>
    internal bool TryStop()
    {
        lock (_gate) return _killAt is null && (_isOver = true);
    }

    public void Dispose()
    {
        lock (_gate) _isOver = true;
        _timer.Dispose();
    }

    private void Look()
    {
        lock (_gate)
        {
            if (_isOver) return;
            if (_killAt is null && Left(_until) <= _grace) Ask();
            else if (_killAt is { } at && Left(at) <= TimeSpan.Zero) End();
            else Schedule();
        }
    }

    private void Ask()
    {
        _ask();
        // Not later than the lease ends, be the grace as long as it may.
        var left = Left(_until);
        _killAt = After(left < _grace ? left : _grace);
        Schedule();
    }

    private void End()
    {
        _isOver = true;
        _kill();
    }

    private void Schedule()
    {
        var left = Left(_killAt ?? _until) - (_killAt is null ? _grace : TimeSpan.Zero);
        _timer.Change(BootTime.TimerFor(left), Timeout.InfiniteTimeSpan);
    }

    private TimeSpan Left(long timestamp) => _time.GetElapsedTime(_time.GetTimestamp(), timestamp);

    private long After(TimeSpan time) => _time.GetTimestamp() + (long)(time.TotalSeconds * _time.TimestampFrequency);
}
