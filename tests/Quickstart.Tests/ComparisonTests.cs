namespace GoGoScope.Quickstart.Tests;

public class ComparisonTests
{
    [TestCase(1234, 0, 0)]
    [TestCase(0, 0, 0)]
    [TestCase(1234, 1, 1)]
    public void Only_what_is_lost_with_locks_fails(long without, long with, int exitCode)
    {
        var comparison = new Comparison(Run("without lock", without), Run("with lock", with));

        Assert.That(comparison.Verdict, Is.EqualTo($"without lock: {without} lost updates; with lock: {with} lost updates"));
        Assert.That(comparison.ExitCode, Is.EqualTo(exitCode));
    }

    private static RunResult Run(string name, long lost) => new(name, new Audit
    {
        OrdersSettled = 0, OrdersDeclined = 0, DoubleCharges = 0, ProcessedTwice = 0, OversoldUnits = 0, BalancesOff = 0, StockOff = 0, LostUpdates = lost,
    }, 0, TimeSpan.Zero);
}
