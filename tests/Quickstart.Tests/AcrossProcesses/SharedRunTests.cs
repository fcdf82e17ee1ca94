using System.Text.RegularExpressions;

namespace GoGoScope.Quickstart.Tests;

/// <summary>The program with several processes on a real server, as a user or a script sees it.</summary>
[TestFixtureSource(typeof(StoreKind), nameof(StoreKind.All))]
[Platform("Linux,MacOsX")]
[CancelAfter(120_000)]
public sealed partial class SharedRunTests(StoreKind kind)
{
    [GeneratedRegex(@"^without lock: (?<without>\d+) lost updates; with lock: 0 lost updates$")]
    private static partial Regex Verdict { get; }

    [GeneratedRegex(@"^\| Workers killed +\| +(?<without>\d+) \| +(?<with>\d+) \|$")]
    private static partial Regex Killed { get; }

    [Test]
    public async Task Workers_that_are_killed_lose_nothing_with_the_stores_locks(CancellationToken cancellationToken)
    {
        var before = await kind.CountLeftAsync();

        var result = await QuickstartProcess.RunAsync(
            cancellationToken, "--provider", await kind.UrlAsync(), "--processes", "3", "--kill-every", "1", "--duration", "2");

        Assert.That(result.Errors, Is.Empty);
        Assert.That(result.Output[0], Does.StartWith($"Settling 4,986 deliveries with 3 processes of 8 workers, on {kind} at "));
        var verdict = Verdict.Match(result.Output[^1]);
        Assert.That(verdict.Success, result.Output[^1]);
        Assert.That(verdict.Groups["without"].Value, Is.Not.EqualTo("0"));
        var killed = Killed.Match(result.Output.Single(line => line.Contains("Workers killed", StringComparison.Ordinal)));
        Assert.That((killed.Groups["without"].Value, killed.Groups["with"].Value), Is.Not.EqualTo(("0", "0")));
        Assert.That(result.ExitCode, Is.Zero);
        Assert.That(await kind.CountLeftAsync(), Is.EqualTo(before), "it cleans up");
    }

    [Test]
    public async Task All_orders_are_settled_once_whatever_the_number_of_processes(CancellationToken cancellationToken)
    {
        // One customer, one product, every other delivery a repeated one.
        var orders = "webhook_id,customer,product,quantity,amount\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"wh-{i / 2},ada,mug,1,9.99\n"));

        var result = await QuickstartProcess.RunWithInputAsync(
            orders, cancellationToken, "--provider", await kind.UrlAsync(), "--processes", "2", "--workers", "3", "--input", "-");

        Assert.That(result.Errors, Is.Empty);
        Assert.That(Verdict.IsMatch(result.Output[^1]), result.Output[^1]);
        Assert.That(result.Output, Does.Contain("with lock: 60 of 60"));
        Assert.That(result.Output, Has.Some.Match(@"^\| Orders settled +\| +\d+ \| +24 \|$").And.Some.Match(@"^\| Orders declined +\| +\d+ \| +6 \|$"));
    }

    [Test]
    [Platform("Linux")]
    public async Task Ctrl_C_ends_all_processes_and_cleans_up(CancellationToken cancellationToken)
    {
        Assume.That(QuickstartProcess.IgnoresInterrupts, Is.False, "started by a process that ignores Ctrl+C, and so are its children");
        var before = await kind.CountLeftAsync();
        using var program = await StartAsync(cancellationToken);
        var workers = program.Children();

        // As a terminal does: to all of them.
        await QuickstartProcess.SignalAsync("INT", workers, cancellationToken);
        await program.InterruptAsync(cancellationToken);
        var result = await program.EndAsync(cancellationToken);

        Assert.That(result.ExitCode, Is.EqualTo(130));
        Assert.That(result.Errors, Is.EqualTo(new[] { "Cancelled." }));
        Assert.That(workers.Where(QuickstartProcess.IsRunning), Is.Empty);
        Assert.That(await kind.CountLeftAsync(), Is.EqualTo(before));
    }

    [Test]
    [Platform("Linux")]
    public async Task Workers_end_by_themselves_when_the_program_is_killed(CancellationToken cancellationToken)
    {
        using var program = await StartAsync(cancellationToken);
        var workers = program.Children();
        Assert.That(workers, Has.Count.EqualTo(2));

        program.Kill();

        await Waiting.Until(() => !workers.Any(QuickstartProcess.IsRunning), "the workers have noticed");
    }

    /// <summary>The program, in the middle of its first run.</summary>
    private async Task<QuickstartProcess> StartAsync(CancellationToken cancellationToken)
    {
        var program = QuickstartProcess.Start("--provider", await kind.UrlAsync(), "--processes", "2", "--duration", "4");
        Assert.That(await program.ReadLineAsync(cancellationToken), Does.StartWith("Settling"));
        Assert.That(await program.ReadLineAsync(cancellationToken), Is.EqualTo("without lock, seconds: 1 of 4"));
        return program;
    }
}
