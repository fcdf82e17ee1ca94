using System.Xml.Linq;
using GoGoScope.Benchmarks.Charts;
using GoGoScope.Benchmarks.Measuring;

namespace GoGoScope.Benchmarks.Tests;

[TestFixture]
public sealed class ChartTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static string Page => File.ReadAllText(Repository.PerformancePage);

    /// <summary>If it fails: dotnet run --configuration Release --project benchmarks -- --charts.</summary>
    [Test]
    public void The_pictures_show_what_the_page_says()
    {
        foreach (var (file, svg) in AllCharts.Of(Page)) Assert.That(File.ReadAllText(Path.Combine(Repository.ImagesPath, file)), Is.EqualTo(svg), file);
    }

    [Test]
    public void The_page_shows_every_picture_and_no_other_is_there()
    {
        var files = AllCharts.Of(Page).Keys;
        Assert.That(Directory.EnumerateFiles(Repository.ImagesPath).Select(Path.GetFileName), Is.EquivalentTo(files));
        foreach (var file in files) Assert.That(Page, Does.Contain($"](images/{file})"));
    }

    [Test]
    public void A_row_is_read_as_it_was_written()
    {
        var row = Table("| exclusive | 22.4 ns (1), 0 B | 11.2 ns (0.50), 0 B | 0.28–0.80 |  | ≤ 0.50, 0 B | yes |").Row("A free lock", "exclusive");
        Assert.That((row.Ratio, row.Baseline, row.Ours), Is.EqualTo((new Ratio(0.5, 0.28, 0.8), "22.4 ns", "11.2 ns")));
    }

    [Test]
    public void A_row_that_is_not_there_is_missed() =>
        Assert.That(() => Table("").Row("A free lock", "exclusive"), Throws.TypeOf<MeasuringFailedException>().With.Message.Contains("\"exclusive\" under \"A free lock\""));

    [Test]
    public void A_row_without_a_ratio_is_not_drawn() =>
        Assert.That(
            () => Table("| kept | 29.8 MB | 14 KB |  |  | nothing | yes |").Row("A free lock", "kept").Ratio,
            Throws.TypeOf<MeasuringFailedException>().With.Message.Contains("\"kept\""));

    [Test]
    public void A_bar_is_as_long_as_its_ratio_and_ends_at_the_line_if_that_is_1()
    {
        var chart = Draw(new Bar("half", new Ratio(0.5, 0.4, 0.6), "1 to 2"), new Bar("as much", new Ratio(1, 0.9, 2.8), "2 to 2"));
        var (half, one) = (Bars(chart)[0], Bars(chart)[1]);
        Assert.That(Number(one, "width"), Is.EqualTo(2 * Number(half, "width")));
        Assert.That(Number(one, "x") + Number(one, "width"), Is.EqualTo(Number(chart.Descendants(Svg + "line").Single(line => Kind(line) == "one"), "x1")));
    }

    [Test]
    public void Nothing_is_drawn_outside_of_the_picture()
    {
        foreach (var svg in AllCharts.Of(Page).Values)
        {
            var chart = XDocument.Parse(svg).Root!;
            var width = Number(chart, "width");
            Assert.That(chart.Descendants(Svg + "rect").Select(rect => Number(rect, "x") + Number(rect, "width")), Is.All.LessThan(width));
            Assert.That(chart.Descendants(Svg + "line").Select(line => Number(line, "x2")), Is.All.LessThan(width));
        }
    }

    [Test]
    public void All_that_it_shows_is_said_in_words()
    {
        var chart = Draw(new Bar("a < b", new Ratio(0.5, 0.4, 0.6), "11 ns to 22 ns"));
        Assert.That((string?)chart.Attribute("role"), Is.EqualTo("img"));
        Assert.That(((string)chart.Attribute("aria-labelledby")!).Split(' '), Is.EqualTo(chart.Descendants().Attributes("id").Select(id => id.Value)));
        Assert.That(chart.Element(Svg + "title")!.Value, Is.EqualTo("title"));
        Assert.That(chart.Element(Svg + "desc")!.Value, Is.EqualTo("explanation. a < b: 0.50, in all rounds 0.40–0.60; 11 ns to 22 ns."));
    }

    [Test]
    public void It_is_for_light_and_dark_pages_and_runs_nothing()
    {
        foreach (var svg in AllCharts.Of(Page).Values)
        {
            Assert.That(svg, Does.Contain("prefers-color-scheme: dark"));
            Assert.That(svg, Does.Not.Contain("<script").And.Not.Contain("href"));
        }
    }

    private static WrittenTable Table(string row) => new($"""
        some words

        | an operation | baseline: ns (1), B | GoGoScope: ns (ratio), B | ratio, all rounds | with `AllowOvertaking` | to reach | met |
        |---|---|---|---|---|---|---|
        | **A free lock. Baseline: `SemaphoreSlim(1, 1)`** | | | | | | |
        {row}
        """);

    private static XElement Draw(params Bar[] bars) => XDocument.Parse(new BarChart("title", "explanation.", bars).Draw()).Root!;

    private static List<XElement> Bars(XElement chart) => [.. chart.Descendants(Svg + "rect").Where(rect => Kind(rect) == "bar")];

    private static string? Kind(XElement element) => (string?)element.Attribute("class");

    private static double Number(XElement element, string attribute) => (double)element.Attribute(attribute)!;
}
