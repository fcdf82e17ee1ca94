namespace GoGoScope.Testing;

/// <summary>A worker could not do what it was told.</summary>
/// <param name="type">The type of what was thrown there, without its namespace.</param>
/// <param name="message">What it said.</param>
public sealed class WorkerException(string type, string message) : Exception($"{type}: {message}")
{
    /// <summary>The type of what was thrown in the worker, without its namespace.</summary>
    public string Type { get; } = type;
}
