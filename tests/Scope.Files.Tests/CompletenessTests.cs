namespace GoGoScope.Files.Tests;

public sealed class CompletenessTests
{
    [Test]
    public void Every_suite_is_run()
    {
        Assert.That(ContractCompleteness.MissingIn(typeof(FileStoreHarness).Assembly), Is.Empty);
        Assert.That(ProcessCompleteness.MissingIn(typeof(FileStoreHarness).Assembly), Is.Empty);
    }
}
