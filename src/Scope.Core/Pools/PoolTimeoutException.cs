namespace GoGoScope;

/// <summary>A pool had no resource within the time that the caller was ready to wait.</summary>
public sealed class PoolTimeoutException : TimeoutException
{
    /// <summary>Creates the exception with a message of your own.</summary>
    public PoolTimeoutException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and a cause of your own.</summary>
    public PoolTimeoutException(string message, Exception? innerException) : base(message, innerException) { }

    internal PoolTimeoutException(string? pool, string title, TimeSpan timeout, PoolStatistics statistics) : base(Describe(title, timeout, statistics))
    {
        Pool = pool;
        Timeout = timeout;
        Statistics = statistics;
    }

    /// <summary>The name of the pool; null if it has none.</summary>
    public string? Pool { get; }

    /// <summary>How long the caller was ready to wait.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>What the pool had when the time was up; null if that is not known.</summary>
    public PoolStatistics? Statistics { get; }

    private static string Describe(string title, TimeSpan timeout, PoolStatistics now)
    {
        var wait = timeout == TimeSpan.Zero ? "at once" : $"within {LockText.Duration(timeout)}";
        return $"{title} had no resource {wait}: {now.InUse} in use, {now.Busy} being made, checked or destroyed, {now.Waiting} others waiting.";
    }
}
