using System.Text;
using GoGoScope.Benchmarks.Measuring;
using GoGoScope.Benchmarks.Stores;

namespace GoGoScope.Benchmarks.Table;

/// <summary>The table of stores in docs/performance.md: a heading for each store, a row for each figure.</summary>
internal sealed class StoreTable(StoreMeasurements measurements)
{
    private readonly StringBuilder _text = new();

    internal string Write()
    {
        _text.Append("""
            | | compared with | GoGoScope | ratio | ratio, all rounds | to reach | met |
            |---|---|---|---|---|---|---|

            """);
        foreach (var store in measurements.Stores)
        {
            _text.Append($"| **{store}** | | | | | | |\n");
            foreach (var figure in measurements.FiguresOf(store)) Append(store, figure);
        }
        return _text.ToString();
    }

    private void Append(string store, StoreFigure figure)
    {
        var value = measurements.ValueOf(store, figure);
        var ratio = measurements.RatioOf(store, figure);
        string[] cells =
        [
            figure.Title,
            measurements.BaselineOf(store, figure) is { } baseline ? $"{Figures.Of(baseline, figure.Unit)} ({figure.Baseline})" : "",
            Figures.Of(value, figure.Unit),
            ratio is { } some ? Figures.Of(some) : "",
            ratio is { } spread ? Figures.Spread(spread) : "",
            Text(figure),
            Met(figure, value, ratio),
        ];
        _text.Append($"| {string.Join(" | ", cells)} |\n");
    }

    private static string Text(StoreFigure figure)
    {
        if (figure.ToReach is not { } target) return "–";
        var sign = target.IsMost ? "≤" : "≥";
        return target.IsRatio ? $"{sign} {target.Limit:0.##} × {figure.Baseline}" : $"{sign} {Figures.Of(target.Limit, figure.Unit)}";
    }

    // What the table shows is what is compared: two digits, and one of a percentage.
    private static string Met(StoreFigure figure, double value, Ratio? ratio)
    {
        if (figure.ToReach is not { } target) return "–";
        var measured = target.IsRatio ? ratio!.Value.Median : value;
        return target.IsMetBy(Math.Round(measured, figure.Unit == Unit.Core ? 3 : 2)) ? "yes" : "**no**";
    }
}
