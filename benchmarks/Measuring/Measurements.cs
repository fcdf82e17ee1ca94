namespace GoGoScope.Benchmarks.Measuring;

/// <summary>
/// What all rounds found. Ratios are taken within a round, where both sides ran within seconds of each other, and only
/// then compared: a machine that gets slower from round to round changes no ratio.
/// </summary>
internal sealed class Measurements
{
    private readonly Dictionary<(Type Workload, Variant Variant), List<Sample>> _samples = [];

    internal void Add(Type workload, Variant variant, Sample sample)
    {
        if (!_samples.TryGetValue((workload, variant), out var samples)) _samples.Add((workload, variant), samples = []);
        samples.Add(sample);
    }

    internal bool Has(Type workload, Variant variant) => _samples.ContainsKey((workload, variant));

    /// <summary>The median of each figure over the rounds.</summary>
    internal Sample Of(Type workload, Variant variant)
    {
        var samples = _samples[(workload, variant)];
        return new Sample(Median(samples.Select(sample => sample.Time)), Median(samples.Select(sample => sample.Bytes)));
    }

    /// <summary>The variant's time as a multiple of the baseline's.</summary>
    internal Ratio RatioOf(Type workload, Variant variant)
    {
        var ratios = _samples[(workload, variant)].Zip(_samples[(workload, Variant.Baseline)], (one, baseline) => one.Time / baseline.Time).ToList();
        return new Ratio(Median(ratios), ratios.Min(), ratios.Max());
    }

    internal static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
