namespace GoGoScope.Benchmarks.Measuring;

/// <summary>A multiple of the baseline: the median over the rounds, and the extremes.</summary>
internal readonly record struct Ratio(double Median, double Lowest, double Highest);
