using System.Globalization;
using System.Net;
using System.Text;
using GoGoScope.Benchmarks.Table;

namespace GoGoScope.Benchmarks.Charts;

/// <summary>
/// Horizontal bars beside a line at 1, what they are compared with, as SVG: for light and dark pages, with all that it shows in words for who
/// can't see it, and without a script.
/// </summary>
internal sealed class BarChart(string title, string explanation, IReadOnlyList<Bar> bars)
{
    private const int Width = 900;
    private const int BarsBegin = 270;
    private const int BarsWidth = 360;
    private const int FiguresBegin = BarsBegin + BarsWidth + 20;
    private const int Top = 84;
    private const int RowHeight = 30;

    private const string Style = """
          <style>
            svg { font: 14px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }
            .page { fill: #ffffff; stroke: #d0d7de; } .text { fill: #1f2328; } .pale { fill: #59636e; } .head { font-size: 17px; font-weight: 600; }
            .bar { fill: #2f6fbf; } .peer { fill: #8c959f; } .one { stroke: #1f2328; stroke-dasharray: 4 3; } .rounds { stroke: #1f2328; stroke-width: 1.5; }
            @media (prefers-color-scheme: dark) {
              .page { fill: #0d1117; stroke: #3d444d; } .text { fill: #f0f6fc; } .pale { fill: #9198a1; }
              .bar { fill: #4493f8; } .peer { fill: #656c76; } .one { stroke: #f0f6fc; } .rounds { stroke: #f0f6fc; }
            }
          </style>

        """;

    // Up to the end of the longest line of all rounds, at least to twice what is compared with.
    private readonly double _most = Math.Max(2, Math.Ceiling(bars.Max(bar => Math.Max(bar.Ratio.Median, bar.Ratio.Highest)) * 2) / 2);
    private readonly StringBuilder _svg = new();

    internal string Draw()
    {
        var height = Top + bars.Count * RowHeight + 20;
        _svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" width=\"{Width}\" height=\"{height}\" role=\"img\" aria-labelledby=\"title words\">\n");
        _svg.Append($"  <title id=\"title\">{Text(title)}</title>\n  <desc id=\"words\">{Text(InWords())}</desc>\n{Style}");
        _svg.Append(CultureInfo.InvariantCulture, $"  <rect class=\"page\" x=\"0.5\" y=\"0.5\" width=\"{Width - 1}\" height=\"{height - 1}\" rx=\"8\"/>\n");
        Write("head text", 20, 32, title);
        Write("pale", 20, 56, explanation);
        for (var i = 0; i < bars.Count; i++) Draw(bars[i], Top + i * RowHeight);
        _svg.Append(CultureInfo.InvariantCulture, $"  <line class=\"one\" x1=\"{At(1)}\" y1=\"{Top - 8}\" x2=\"{At(1)}\" y2=\"{height - 16}\"/>\n");
        return _svg.Append("</svg>\n").ToString();
    }

    private void Draw(Bar bar, int y)
    {
        var middle = y + RowHeight / 2 - 4;
        Write("text", BarsBegin - 10, middle + 5, bar.Label, "end");
        _svg.Append(CultureInfo.InvariantCulture, $"  <rect class=\"{(bar.IsPeer ? "peer" : "bar")}\" x=\"{BarsBegin}\" y=\"{y}\" width=\"{At(bar.Ratio.Median) - BarsBegin:0.#}\" height=\"{RowHeight - 8}\" rx=\"2\"/>\n");
        _svg.Append(CultureInfo.InvariantCulture, $"  <line class=\"rounds\" x1=\"{At(bar.Ratio.Lowest):0.#}\" y1=\"{middle}\" x2=\"{At(bar.Ratio.Highest):0.#}\" y2=\"{middle}\"/>\n");
        Write("text", FiguresBegin, middle + 5, Figures.Of(bar.Ratio));
        Write("pale", FiguresBegin + 44, middle + 5, bar.Figures);
    }

    private void Write(string kind, int x, int y, string text, string anchor = "start") =>
        _svg.Append(CultureInfo.InvariantCulture, $"  <text class=\"{kind}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{Text(text)}</text>\n");

    private double At(double ratio) => BarsBegin + ratio / _most * BarsWidth;

    private string InWords() =>
        $"{explanation} " + string.Join(" ", bars.Select(bar => $"{bar.Label}: {Figures.Of(bar.Ratio)}, in all rounds {Figures.Spread(bar.Ratio)}; {bar.Figures}."));

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
