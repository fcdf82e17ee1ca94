namespace GoGoScope;

/// <summary>How a wait ended; the first to say so wins.</summary>
internal enum WaitOutcome
{
    Waiting,
    Granted,
    TimedOut,

    /// <summary>The caller's token was cancelled.</summary>
    Cancelled,

    /// <summary>The lock was disposed, or its scope or lifetime ended.</summary>
    Ended,
}

/// <summary>The errors of waits that ended without the lock.</summary>
internal static class WaitOutcomes
{
    internal static Exception ToException(this WaitOutcome outcome, in LockRequest request, string? holder, CancellationToken caller) => outcome switch
    {
        WaitOutcome.TimedOut => request.TimedOut(holder),
        WaitOutcome.Cancelled => Cancelled(request.What, caller),
        _ => request.WaitEnded(),
    };

    internal static OperationCanceledException Cancelled(string what, CancellationToken caller) =>
        new($"The wait for {what} was cancelled.", caller);
}
