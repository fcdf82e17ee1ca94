using GoGoScope.Benchmarks.Measuring;

namespace GoGoScope.Benchmarks.Charts;

/// <summary>A table of docs/performance.md, read back: charts are drawn from the figures that people read.</summary>
internal sealed class WrittenTable
{
    private readonly List<WrittenRow> _rows = [];

    /// <param name="measured">What stands between the marks of the page.</param>
    internal WrittenTable(string measured)
    {
        string[]? heads = null;
        var section = "";
        foreach (var cells in measured.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(Cells))
        {
            if (heads is null) heads = cells;
            else if (cells[0].StartsWith("**", StringComparison.Ordinal)) section = cells[0].Trim('*');
            else _rows.Add(new WrittenRow(section, cells[0], heads.Zip(cells).ToDictionary(pair => pair.First, pair => pair.Second)));
        }
    }

    /// <summary>The first row of a section that begins so; null if there is none.</summary>
    internal WrittenRow? Find(string section, string title) =>
        _rows.Find(row => row.Section.StartsWith(section, StringComparison.Ordinal) && row.Title.StartsWith(title, StringComparison.Ordinal));

    internal WrittenRow Row(string section, string title) =>
        Find(section, title) ?? throw new MeasuringFailedException($"The table has no row \"{title}\" under \"{section}\": which one shall the chart show?");

    private static string[] Cells(string line) => [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())];
}
