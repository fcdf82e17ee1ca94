namespace GoGoScope;

/// <summary>What came of a request, as metrics and spans call it.</summary>
internal static class LockOutcome
{
    internal const string Granted = "granted";
    internal const string Timeout = "timeout";
    internal const string Cancelled = "cancelled";
    internal const string Failed = "failed";

    /// <summary>That of a request that ended by <paramref name="error"/>; null if it was not granted in time, and its caller wanted no error for that.</summary>
    internal static string Of(Exception? error) => error switch
    {
        null or TimeoutException => Timeout,
        // By the token, or by the end of the scope or the lock.
        OperationCanceledException or ObjectDisposedException => Cancelled,
        _ => Failed,
    };
}
