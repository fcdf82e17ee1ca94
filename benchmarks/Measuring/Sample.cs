namespace GoGoScope.Benchmarks.Measuring;

/// <summary>What one round found of a benchmark: the time (ns) and the allocation (bytes) of one operation.</summary>
internal readonly record struct Sample(double Time, double Bytes);
