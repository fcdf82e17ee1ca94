namespace GoGoScope.Benchmarks.Measuring;

/// <summary>There is no table: a benchmark failed, or could not run.</summary>
internal sealed class MeasuringFailedException(string message) : Exception(message);
