using System.Text.RegularExpressions;

namespace GoGoScope.Quickstart.Tests;

/// <summary>The program with several processes on a real server, as a user or a script sees it.</summary>
[Parallelizable]
[TestFixtureSource(typeof(StoreKind), nameof(StoreKind.All))]
[Platform("Linux,MacOsX")]
[CancelAfter(120_000)]
public sealed partial class SharedRunTests(StoreKind kind)
{
    [GeneratedRegex(@"^without lock: (?<without>\d+) lost updates; with lock: 0 lost updates$")]
    private static partial Regex Verdict { get; }

    [Test]
    public async Task Workers_that_are_killed_lose_nothing_with_the_stores_locks(CancellationToken cancellationToken)
    {
        var before = await kind.CountLeftAsync();

        // For a time: on a busy machine, workers that are killed every second may take very long for a certain number of orders.
        var result = await QuickstartProcess.RunAsync(
            cancellationToken, "--provider", await kind.UrlAsync(), "--processes", "3", "--workers", "2", "--think-time", "10", "--kill-every", "1", "--duration", "3");

        Assert.That(result.Errors, Is.Empty);
        Assert.That(result.Output[0], Does.StartWith($"Settling 4,986 deliveries with 3 processes of 2 workers, on {kind} {(kind == StoreKind.Files ? "in" : "at")} "));
        var verdict = Verdict.Match(result.Output[^1]);
        Assert.That(verdict.Success, result.Output[^1]);
        // A busy machine may not come far enough in this time to lose anything without them; SharedRunLengthTests shows that it does.
        Assert.That(result.ExitCode, Is.Zero);
        Assert.That(result.Output, Has.Some.Match(@"^\| Workers killed +\| +\d+ \| +[1-9]\d* \|$"));
        Assert.That(await kind.CountLeftAsync(), Is.EqualTo(before), "it cleans up");
    }

    [Test]
    [Platform("Linux")]
    public async Task Ctrl_C_ends_all_processes_and_cleans_up(CancellationToken cancellationToken)
    {
        var before = await kind.CountLeftAsync();
        using var program = await SharedRun.StartAsync(await kind.UrlAsync(), cancellationToken);
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
}
