using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace GoGoScope.Tests.Diagnostics;

/// <summary>What the SDK of OpenTelemetry has collected of GoGoScope, as an application would.</summary>
internal sealed class Collected : IDisposable
{
    private readonly List<MetricSnapshot> _metrics = [];
    private readonly List<Activity> _spans = [];
    private readonly MeterProvider _meters;
    private readonly TracerProvider _tracers;

    internal Collected()
    {
        _meters = Sdk.CreateMeterProviderBuilder().AddMeter(Telemetry.Name).AddInMemoryExporter(_metrics).Build();
        _tracers = Sdk.CreateTracerProviderBuilder().AddSource(Telemetry.Name).AddSource(Callers.Name).AddInMemoryExporter(_spans).Build();
    }

    /// <summary>Where tests have activities of their own, as callers of locks do.</summary>
    internal static ActivitySource Callers { get; } = new("GoGoScope.Tests");

    internal IReadOnlyList<Activity> Spans => [.. _spans.Where(span => span.Source.Name == Telemetry.Name)];

    /// <summary>All points of all metrics, as they are now.</summary>
    internal IReadOnlyList<MetricSnapshot> Metrics
    {
        get
        {
            _metrics.Clear();
            _meters.ForceFlush();
            return _metrics;
        }
    }

    /// <summary>The sum of a counter over all points with these tags.</summary>
    internal long Sum(string name, params (string Tag, string Value)[] tags) => Points(name, tags).Sum(point => point.GetSumLong());

    /// <summary>How many values a histogram has, and their sum, over all points with these tags.</summary>
    internal (long Count, double Sum) Histogram(string name, params (string Tag, string Value)[] tags)
    {
        var points = Points(name, tags);
        return (points.Sum(point => point.GetHistogramCount()), points.Sum(point => point.GetHistogramSum()));
    }

    public void Dispose()
    {
        _meters.Dispose();
        _tracers.Dispose();
    }

    internal static Dictionary<string, object?> TagsOf(MetricPoint point)
    {
        var tags = new Dictionary<string, object?>();
        foreach (var (name, value) in point.Tags) tags[name] = value;
        return tags;
    }

    private List<MetricPoint> Points(string name, (string Tag, string Value)[] wanted) =>
    [
        .. Metrics.Where(metric => metric.Name == name).SelectMany(metric => metric.MetricPoints)
            .Where(point => TagsOf(point) is var tags && wanted.All(one => tags.GetValueOrDefault(one.Tag) as string == one.Value)),
    ];
}
