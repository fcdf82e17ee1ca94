using System.Globalization;
using System.Text.RegularExpressions;
using GoGoScope.Benchmarks.Measuring;

namespace GoGoScope.Benchmarks.Charts;

/// <summary>A row of a table of docs/performance.md, as it stands there.</summary>
/// <param name="Section">The bold line above it.</param>
/// <param name="Title">Its first cell.</param>
/// <param name="Cells">Its cells, by the heads of their columns.</param>
internal sealed partial record WrittenRow(string Section, string Title, IReadOnlyDictionary<string, string> Cells)
{
    private const string BaselineInMemory = "baseline: ns (1), B";
    private const string OursInMemory = "GoGoScope: ns (ratio), B";

    /// <summary>The multiple of what it is compared with.</summary>
    internal Ratio Ratio
    {
        get
        {
            var median = IsInMemory ? InBrackets().Match(Cells[OursInMemory]).Groups["ratio"].Value : Cells["ratio"];
            return Cells["ratio, all rounds"].Split('–') is [var lowest, var highest]
                ? new Ratio(Number(median), Number(lowest), Number(highest))
                : throw new MeasuringFailedException($"The row \"{Title}\" has no ratio that could be drawn.");
        }
    }

    internal string Baseline => BeforeBracket(IsInMemory ? Cells[BaselineInMemory] : Cells["compared with"]);

    internal string Ours => BeforeBracket(IsInMemory ? Cells[OursInMemory] : Cells["GoGoScope"]);

    private bool IsInMemory => Cells.ContainsKey(OursInMemory);

    private double Number(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : throw new MeasuringFailedException($"The row \"{Title}\" has \"{text}\" where a number should be.");

    private static string BeforeBracket(string cell) => cell.Split(" (")[0];

    [GeneratedRegex(@"\((?<ratio>[\d.]+)\)")]
    private static partial Regex InBrackets();
}
