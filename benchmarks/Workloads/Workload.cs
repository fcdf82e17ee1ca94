namespace GoGoScope.Benchmarks.Workloads;

/// <summary>
/// A row of the table: the same work with what the framework brings and with GoGoScope. Every benchmark of it checks
/// what it has done, and throws if that was not what a lock or a scope promises.
/// </summary>
public abstract class Workload(int operations)
{
    /// <summary>How many operations one call does. Not what BenchmarkDotNet divides by: only tests, which don't measure, set it.</summary>
    public int Operations { get; set; } = operations;
}
