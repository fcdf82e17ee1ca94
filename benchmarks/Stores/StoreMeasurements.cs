using GoGoScope.Benchmarks.Measuring;

namespace GoGoScope.Benchmarks.Stores;

/// <summary>What all rounds found. A ratio is taken within a round, where both sides ran one right after the other.</summary>
internal sealed class StoreMeasurements
{
    private readonly Dictionary<string, Dictionary<StoreFigure, List<Measured>>> _stores = [];

    internal IEnumerable<string> Stores => _stores.Keys;

    /// <summary>In the order in which they were measured first.</summary>
    internal IEnumerable<StoreFigure> FiguresOf(string store) => _stores[store].Keys;

    internal void Add(string store, StoreFigure figure, double value, double? baseline = null)
    {
        if (baseline is null != (figure.Baseline.Length == 0))
            throw new ArgumentException($"\"{figure.Title}\" is compared with \"{figure.Baseline}\", and was measured with {baseline?.ToString() ?? "nothing"} to compare.", nameof(baseline));
        if (!_stores.TryGetValue(store, out var figures)) _stores.Add(store, figures = []);
        if (!figures.TryGetValue(figure, out var measured)) figures.Add(figure, measured = []);
        measured.Add(new Measured(value, baseline));
    }

    internal double ValueOf(string store, StoreFigure figure) => Measurements.Median(_stores[store][figure].Select(measured => measured.Value));

    internal double? BaselineOf(string store, StoreFigure figure) => Median(store, figure, measured => measured.Baseline);

    internal Ratio? RatioOf(string store, StoreFigure figure)
    {
        if (figure.Baseline.Length == 0) return null;
        var ratios = _stores[store][figure].Select(measured => measured.Value / measured.Baseline!.Value).ToList();
        return new Ratio(Measurements.Median(ratios), ratios.Min(), ratios.Max());
    }

    private double? Median(string store, StoreFigure figure, Func<Measured, double?> part)
    {
        var values = _stores[store][figure].Select(part).OfType<double>().ToList();
        return values.Count == 0 ? null : Measurements.Median(values);
    }

    private readonly record struct Measured(double Value, double? Baseline);
}
