namespace GoGoScope.Benchmarks.Stores;

/// <summary>In what a figure is counted.</summary>
internal enum Unit
{
    /// <summary>Microseconds.</summary>
    Time,

    /// <summary>How often in a second.</summary>
    Rate,

    Bytes,

    /// <summary>A number of things.</summary>
    Count,

    /// <summary>A share of one core.</summary>
    Core,
}

/// <summary>A line of the table of stores: something that is measured, and what it shall reach.</summary>
/// <param name="Title">What is measured.</param>
/// <param name="Unit">In what.</param>
/// <param name="Baseline">What it is compared with, as in "floor"; empty if with nothing.</param>
/// <param name="ToReach">What it shall reach; null if it is for information.</param>
internal sealed record StoreFigure(string Title, Unit Unit, string Baseline = "", Target? ToReach = null);

/// <summary>What a figure shall reach: so much at most or at least, of itself or as a multiple of its baseline.</summary>
internal sealed record Target(double Limit, bool IsMost, bool IsRatio)
{
    internal static Target AtMost(double limit) => new(limit, IsMost: true, IsRatio: false);

    internal static Target RatioAtMost(double limit) => new(limit, IsMost: true, IsRatio: true);

    internal static Target RatioAtLeast(double limit) => new(limit, IsMost: false, IsRatio: true);

    internal bool IsMetBy(double value) => IsMost ? value <= Limit : value >= Limit;
}
