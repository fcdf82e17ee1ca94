namespace GoGoScope.Benchmarks.Checks;

/// <summary>Two were inside at once: whatever was measured, it was not a lock.</summary>
public sealed class ExclusionViolatedException(string message) : Exception(message);
