namespace GoGoScope;

/// <summary>A semaphore had not enough free permits within the time that the caller was ready to wait.</summary>
public sealed class SemaphoreTimeoutException : TimeoutException
{
    /// <summary>Creates the exception with a message of your own.</summary>
    public SemaphoreTimeoutException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and a cause of your own.</summary>
    public SemaphoreTimeoutException(string message, Exception? innerException) : base(message, innerException) { }

    internal SemaphoreTimeoutException(string? name, int weight, int permits, TimeSpan timeout, string? holder)
        : base(Describe(name, weight, permits, timeout, holder))
    {
        Name = name;
        Weight = weight;
        Permits = permits;
        Timeout = timeout;
        Holder = holder;
    }

    /// <summary>The name of the semaphore; null if it has none.</summary>
    public string? Name { get; }

    /// <summary>How many permits were asked for.</summary>
    public int Weight { get; }

    /// <summary>How many permits the semaphore has in all.</summary>
    public int Permits { get; }

    /// <summary>How long the caller was ready to wait.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>One of those who held permits, or stood before the caller, when the time was up; null if that is not known.</summary>
    public string? Holder { get; }

    private static string Describe(string? name, int weight, int permits, TimeSpan timeout, string? holder)
    {
        var wait = timeout == TimeSpan.Zero ? "at once" : $"within {LockText.Duration(timeout)}";
        var who = holder is null ? "" : $" {holder} is among those before it.";
        return $"{AsyncSemaphore.Describe(name, permits)} did not grant {LockText.Permits(weight)} {wait}.{who}";
    }
}
