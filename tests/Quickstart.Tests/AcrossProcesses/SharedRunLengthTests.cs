using System.Text.RegularExpressions;

namespace GoGoScope.Quickstart.Tests;

/// <summary>How long the program and its workers run, whatever the store.</summary>
[Parallelizable]
[CancelAfter(240_000)]
public sealed partial class SharedRunLengthTests
{
    [GeneratedRegex(@"^\| Orders settled +\|.* ([2-9]|\d[\d,]+) \|")]
    private static partial Regex SettledAgain { get; }

    private const string OneOrder = "webhook_id,customer,product,quantity,amount\nwh-1,ada,mug,1,9.99\n";

    // One customer, one product, every other delivery a repeated one.
    private static readonly string Orders = "webhook_id,customer,product,quantity,amount\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"wh-{i / 2},ada,mug,1,9.99\n"));

    [Test]
    [Platform("Linux")]
    public async Task Workers_end_by_themselves_when_the_program_is_killed(CancellationToken cancellationToken)
    {
        // It can't clean up: in a place of its own.
        using var program = await SharedRun.StartAsync($"file://{RunSetUp.TemporaryDirectory}/killed", cancellationToken);
        var workers = program.Children();

        program.Kill();

        await Waiting.Until(() => !workers.Any(QuickstartProcess.IsRunning), "the workers have noticed");
    }

    [Test]
    public async Task Without_a_time_all_orders_are_settled_once_and_without_a_provider_with_files(CancellationToken cancellationToken)
    {
        var result = await QuickstartProcess.RunWithInputAsync(Orders, cancellationToken, "--input", "-", "--processes", "2", "--workers", "3");

        Assert.That(result.Errors, Is.Empty);
        Assert.That(result.Output[0], Is.EqualTo("Settling 60 deliveries with 2 processes of 3 workers, on files in a temporary directory."));
        Assert.That(result.Output, Does.Contain("without lock: 60 of 60").And.Contain("with lock: 60 of 60"));
        Assert.That(result.Output, Has.Some.Match(@"^\| Orders settled +\| +\d+ \| +24 \|$").And.Some.Match(@"^\| Orders declined +\| +\d+ \| +6 \|$"));
        Assert.That(result.ExitCode, Is.Zero);
    }

    [Test]
    public async Task Locks_in_the_memory_of_each_process_are_of_no_use_to_the_others(CancellationToken cancellationToken)
    {
        ProcessResult result;
        // Of two processes one may stand still until the other has done it all.
        do result = await QuickstartProcess.RunWithInputAsync(Orders, cancellationToken, "--input", "-", "--provider", "memory", "--processes", "2", "--workers", "3");
        while (result.ExitCode == 0);

        Assert.That(result.Errors, Is.Empty);
        Assert.That(result.Output[0], Does.EndWith(", on files in a temporary directory, with locks in the memory of each process."));
        Assert.That(result.Output[^1], Does.Match("with lock: [1-9][0-9]* lost updates$"));
        Assert.That(result.ExitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task Orders_come_again_until_the_time_is_up(CancellationToken cancellationToken)
    {
        // On a machine that stands still it may come only once in two seconds, but not however long it has.
        for (var seconds = 2; ; seconds *= 2)
        {
            var result = await QuickstartProcess.RunWithInputAsync(
                OneOrder, cancellationToken, "--input", "-", "--processes", "1", "--workers", "1", "--duration", $"{seconds}");

            Assert.That(result.Errors, Is.Empty);
            Assert.That(result.Output, Does.Contain($"without lock, seconds: {seconds} of {seconds}").And.Contain($"with lock, seconds: {seconds} of {seconds}"));
            Assert.That(result.Output[^1], Is.EqualTo("without lock: 0 lost updates; with lock: 0 lost updates"));
            if (result.Output.Any(SettledAgain.IsMatch)) break;
            Assert.That(seconds, Is.LessThan(16), "it has come only once, though this is long");
        }
    }

    [Test]
    public async Task Nobody_is_killed_any_more_when_the_time_is_up(CancellationToken cancellationToken)
    {
        // No worker gets as old as an order takes: if they were killed any longer, what is under way would never be settled.
        var result = await QuickstartProcess.RunWithInputAsync(
            OneOrder, cancellationToken, "--input", "-", "--processes", "1", "--workers", "1", "--think-time", "2500", "--kill-every", "2", "--duration", "3");

        Assert.That(result.Errors, Is.Empty);
        Assert.That(result.Output[^1], Is.EqualTo("without lock: 0 lost updates; with lock: 0 lost updates"));
        Assert.That(result.ExitCode, Is.Zero);
    }
}
