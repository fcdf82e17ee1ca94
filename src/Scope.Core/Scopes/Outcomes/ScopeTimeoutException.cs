namespace GoGoScope;

/// <summary>The time of a scope was over before its work was done.</summary>
public sealed class ScopeTimeoutException : TimeoutException
{
    /// <summary>Creates the exception with a message of your own.</summary>
    public ScopeTimeoutException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and a cause of your own.</summary>
    public ScopeTimeoutException(string message, Exception? innerException) : base(message, innerException) { }

    /// <summary>
    /// Creates the exception of the scope <paramref name="scope"/>, null if it has no name, whose <paramref name="timeout"/> has
    /// passed.
    /// </summary>
    public ScopeTimeoutException(string? scope, TimeSpan timeout, Exception? innerException = null)
        : base($"{(scope is null ? "A scope without a name" : $"Scope \"{scope}\"")} was not done within {LockText.Duration(timeout)}.", innerException)
    {
        Scope = scope;
        Timeout = timeout;
    }

    /// <summary>The name of the scope; null if it has none.</summary>
    public string? Scope { get; }

    /// <summary>How long the scope was given when its deadline was set last.</summary>
    public TimeSpan Timeout { get; }
}
