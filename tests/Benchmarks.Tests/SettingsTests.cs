using GoGoScope.Benchmarks.Measuring;
using GoGoScope.Benchmarks.Stores;

namespace GoGoScope.Benchmarks.Tests;

[TestFixture]
public sealed class SettingsTests
{
    [Test]
    public void Without_options_the_whole_run_is_measured_and_nothing_written() =>
        Assert.That(Settings.Parse([]), Is.EqualTo(new Settings(IsQuick: false, Writes: false, ShowsHelp: false, IsForBenchmarkDotNet: false)));

    [Test]
    public void Quick_and_write_are_ours()
    {
        var settings = Settings.Parse(["--quick", "--write"]);
        Assert.That(settings, Is.EqualTo(new Settings(IsQuick: true, Writes: true, ShowsHelp: false, IsForBenchmarkDotNet: false)));
        Assert.That(settings.Plan, Is.SameAs(Plan.Quick));
    }

    [Test]
    public void Stores_are_measured_instead()
    {
        var settings = Settings.Parse(["--stores", "--quick", "--write"]);
        Assert.That(settings, Is.EqualTo(new Settings(IsQuick: true, Writes: true, ShowsHelp: false, IsForBenchmarkDotNet: false, IsForStores: true)));
        Assert.That(settings.StorePlan, Is.SameAs(StorePlan.Quick));
    }

    [Test]
    public void Charts_are_drawn_without_measuring() =>
        Assert.That(Settings.Parse(["--charts"]), Is.EqualTo(new Settings(IsQuick: false, Writes: false, ShowsHelp: false, IsForBenchmarkDotNet: false, IsForCharts: true)));

    [TestCase("--filter", "*HotKeys*")]
    [TestCase("--filter", "*", "--job", "short")]
    [TestCase("--list", "flat")]
    public void Filters_and_what_follows_are_for_BenchmarkDotNet(params string[] args)
    {
        var settings = Settings.Parse(args);
        Assert.That((settings.IsForBenchmarkDotNet, settings.Unknown), Is.EqualTo((true, (string?)null)));
    }

    [Test]
    public void A_slip_is_not_taken_for_the_whole_run() => Assert.That(Settings.Parse(["--wirte"]).Unknown, Is.EqualTo("--wirte"));
}
