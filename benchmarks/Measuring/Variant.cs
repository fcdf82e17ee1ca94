namespace GoGoScope.Benchmarks.Measuring;

/// <summary>With what a workload is done. Named like the benchmarks' methods.</summary>
internal enum Variant
{
    Baseline,
    WithGoGoScope,
    WithOvertaking,
}
