namespace GoGoScope.Tests.Timing;

/// <summary>A deadline that notes when it was called, and then does what the test says.</summary>
internal sealed class RecordedDeadline(TimeProvider time, Action<RecordedDeadline>? then = null) : Deadline
{
    private readonly TaskCompletionSource _firedOnce = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _calls;

    /// <summary>How often it was called.</summary>
    internal int Calls => Volatile.Read(ref _calls);

    /// <summary>The clock's timestamp at the last call.</summary>
    internal long CalledAt { get; private set; }

    /// <summary>Completes with the first call.</summary>
    internal Task FiredOnce => _firedOnce.Task;

    internal override void OnDue(long now)
    {
        CalledAt = time.GetTimestamp();
        Interlocked.Increment(ref _calls);
        then?.Invoke(this);
        _firedOnce.TrySetResult();
    }
}
