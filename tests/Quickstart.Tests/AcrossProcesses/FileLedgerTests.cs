namespace GoGoScope.Quickstart.Tests;

/// <summary>The ledger in a file, when somebody was killed in the middle of a line.</summary>
public sealed class FileLedgerTests
{
    [Test]
    public async Task Half_a_line_was_never_written()
    {
        var file = Path.Combine(RunSetUp.TemporaryDirectory, "ledger");
        using var ledger = new FileLedger(file);
        ledger.Create();
        await ledger.AddAsync(new OpeningBooks(new Dictionary<string, long> { ["customer:ada"] = 1000 }));
        await File.AppendAllTextAsync(file, """{"Opened":"customer:ada","Fence":9""");

        using var other = new FileLedger(file);
        Assert.That((await other.OpenAsync("customer:ada", 8)).Amount, Is.EqualTo(1000));
        Assert.That(() => ledger.OpenAsync("customer:ada", 7), Throws.TypeOf<StaleWriterException>(), "what the other one has written in its place");
    }
}
