namespace GoGoScope;

/// <summary>A lock was not granted within the time that the caller was ready to wait.</summary>
public sealed class LockTimeoutException : TimeoutException
{
    /// <summary>Creates the exception with a message of your own.</summary>
    public LockTimeoutException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and a cause of your own.</summary>
    public LockTimeoutException(string message, Exception? innerException) : base(message, innerException) { }

    /// <summary>Creates the exception that a provider throws for a wait that ran out.</summary>
    /// <param name="key">The key, null for a lock without one.</param>
    /// <param name="mode">How the lock was to be held.</param>
    /// <param name="timeout">How long the caller was ready to wait.</param>
    /// <param name="holder">Who held the lock when the time was up, null if that is not known.</param>
    public LockTimeoutException(string? key, LockMode mode, TimeSpan timeout, string? holder)
        : base(Describe(key, mode, timeout, holder))
    {
        Key = key;
        Mode = mode;
        Timeout = timeout;
        Holder = holder;
    }

    /// <summary>The key that was waited for; null for a lock without one.</summary>
    public string? Key { get; }

    /// <summary>How the lock was to be held.</summary>
    public LockMode Mode { get; }

    /// <summary>How long the caller was ready to wait.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>Who held the lock, or stood before the caller, when the time was up; null if that is not known.</summary>
    public string? Holder { get; }

    private static string Describe(string? key, LockMode mode, TimeSpan timeout, string? holder)
    {
        var what = LockText.Describe(key);
        var how = mode == LockMode.Read ? "read" : "exclusive";
        var wait = timeout == TimeSpan.Zero ? "at once" : $"within {LockText.Duration(timeout)}";
        var who = holder is null ? "" : $" It is held by {holder}.";
        return $"{what} was not granted ({how}) {wait}.{who}";
    }
}
