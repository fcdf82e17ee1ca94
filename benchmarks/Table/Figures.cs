using GoGoScope.Benchmarks.Measuring;
using GoGoScope.Benchmarks.Stores;

namespace GoGoScope.Benchmarks.Table;

/// <summary>How figures are written.</summary>
internal static class Figures
{
    internal static string Time(double nanoseconds) => nanoseconds < 100 ? $"{nanoseconds:0.0} ns" : $"{nanoseconds:#,0} ns";

    internal static string Bytes(double bytes) => bytes switch
    {
        < 10_000 => $"{bytes:#,0} B",
        < 10_000_000 => $"{bytes / 1_000:#,0} KB",
        _ => $"{bytes / 1_000_000:#,0.0} MB",
    };

    internal static string Of(double value, Unit unit) => unit switch
    {
        Unit.Time => value < 10_000 ? $"{value:#,0} µs" : $"{value / 1_000:#,0} ms",
        Unit.Rate => value < 10 ? $"{value:0.0}/s" : $"{value:#,0}/s",
        Unit.Bytes => Bytes(value),
        Unit.Core => $"{value * 100:0.#} % of a core",
        _ => $"{value:0.##}",
    };

    internal static string Of(Ratio ratio) => ratio.Median.ToString("0.00");

    internal static string Spread(Ratio ratio) => $"{ratio.Lowest:0.00}–{ratio.Highest:0.00}";
}
