namespace GoGoScope.Benchmarks.Workloads;

/// <summary>Where a workload stands in the table, and what it shall reach there.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class RowAttribute(string section, string title) : Attribute
{
    public string Section { get; } = section;

    public string Title { get; } = title;

    /// <summary>The highest ratio to the baseline, at no bytes for each operation; NaN if there is nothing to reach.</summary>
    public double ToReach { get; init; } = double.NaN;

    /// <summary>The same with <see cref="LockOptions.AllowOvertaking"/>.</summary>
    public double ToReachOvertaking { get; init; } = double.NaN;

    /// <summary>Whether the ratio alone counts, where what is returned has to be made.</summary>
    public bool MayAllocate { get; init; }
}
