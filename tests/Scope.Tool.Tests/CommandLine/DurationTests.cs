namespace GoGoScope.Tool.Tests;

public sealed class DurationTests
{
    [TestCase("0", 0)]
    [TestCase("0s", 0)]
    [TestCase("500ms", 500)]
    [TestCase("30s", 30_000)]
    [TestCase("1.5s", 1_500)]
    [TestCase("2m", 120_000)]
    [TestCase("1h", 3_600_000)]
    public void It_is_read(string text, int milliseconds) => Assert.That(Duration.TryParse(text), Is.EqualTo(TimeSpan.FromMilliseconds(milliseconds)));

    [TestCase("")]
    [TestCase("30")]
    [TestCase("s")]
    [TestCase("-1s")]
    [TestCase("1,5s")]
    [TestCase("1d")]
    [TestCase("1 s")]
    [TestCase("NaNs")]
    [TestCase("Infinitys")]
    [TestCase("-Infinityms")]
    [TestCase("-Infinitys")]
    [TestCase("-Infinitym")]
    [TestCase("-Infinityh")]
    [TestCase("1e99h")]
    [TestCase("99999999999999999999h")]
    public void Anything_else_is_none(string text) => Assert.That(Duration.TryParse(text), Is.Null);

    [TestCase(0, "0s")]
    [TestCase(90_000, "90s")]
    [TestCase(120_000, "2m")]
    [TestCase(3_600_000, "1h")]
    [TestCase(333, "333ms")]
    public void It_is_written_without_fractions(int milliseconds, string text) => Assert.That(Duration.Format(TimeSpan.FromMilliseconds(milliseconds)), Is.EqualTo(text));
}
