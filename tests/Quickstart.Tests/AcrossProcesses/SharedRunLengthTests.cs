namespace GoGoScope.Quickstart.Tests;

/// <summary>How long the program and its workers run, whatever the store.</summary>
[Parallelizable]
[CancelAfter(120_000)]
public sealed class SharedRunLengthTests
{
    [Test]
    [Platform("Linux")]
    public async Task Workers_end_by_themselves_when_the_program_is_killed(CancellationToken cancellationToken)
    {
        using var program = await SharedRun.StartAsync(await StoreKind.Redis.UrlAsync(), cancellationToken);
        var workers = program.Children();

        program.Kill();

        await Waiting.Until(() => !workers.Any(QuickstartProcess.IsRunning), "the workers have noticed");
    }

    [Test]
    public async Task Without_a_time_all_orders_are_settled_once(CancellationToken cancellationToken)
    {
        // One customer, one product, every other delivery a repeated one.
        var orders = "webhook_id,customer,product,quantity,amount\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"wh-{i / 2},ada,mug,1,9.99\n"));

        var result = await QuickstartProcess.RunWithInputAsync(
            orders, cancellationToken, "--input", "-", "--provider", await StoreKind.Redis.UrlAsync(), "--processes", "2", "--workers", "3");

        Assert.That(result.Errors, Is.Empty);
        Assert.That(result.Output, Does.Contain("without lock: 60 of 60").And.Contain("with lock: 60 of 60"));
        Assert.That(result.Output, Has.Some.Match(@"^\| Orders settled +\| +\d+ \| +24 \|$").And.Some.Match(@"^\| Orders declined +\| +\d+ \| +6 \|$"));
        Assert.That(result.ExitCode, Is.Zero);
    }

    [Test]
    public async Task Orders_come_again_until_the_time_is_up(CancellationToken cancellationToken)
    {
        const string OneOrder = "webhook_id,customer,product,quantity,amount\nwh-1,ada,mug,1,9.99\n";

        var result = await QuickstartProcess.RunWithInputAsync(
            OneOrder, cancellationToken, "--input", "-", "--provider", await StoreKind.Redis.UrlAsync(), "--processes", "1", "--workers", "1", "--duration", "2");

        Assert.That(result.Errors, Is.Empty);
        Assert.That(result.Output, Does.Contain("without lock, seconds: 2 of 2").And.Contain("with lock, seconds: 2 of 2"));
        Assert.That(result.Output, Has.None.Match(@"^\| Orders settled +\| +1 \| +1 \|$"), "each run only once, though two seconds are long");
        Assert.That(result.Output[^1], Is.EqualTo("without lock: 0 lost updates; with lock: 0 lost updates"));
    }
}
