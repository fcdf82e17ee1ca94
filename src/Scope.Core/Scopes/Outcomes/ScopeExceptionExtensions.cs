namespace GoGoScope;

/// <summary>Reads from an exception that a scope has thrown what else went wrong.</summary>
public static class ScopeExceptionExtensions
{
    /// <summary>
    /// The failures that came after <paramref name="exception"/> in the scope that threw it, in the order in which they
    /// happened, and then what failed when the scope released what it owned. Empty if there were none. They are also in
    /// <see cref="Exception.Data"/> under "GoGoScope.Suppressed".
    /// </summary>
    /// <example>
    /// <code>
    /// catch (HttpRequestException error)
    /// {
    ///     foreach (var other in error.GetSuppressed()) log.Warn(other);
    /// }
    /// </code>
    /// </example>
    public static IReadOnlyList<Exception> GetSuppressed(this Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return SuppressedExceptions.Of(exception);
    }
}
