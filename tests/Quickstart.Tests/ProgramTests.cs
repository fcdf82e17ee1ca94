using System.Globalization;
using System.Text.RegularExpressions;

namespace GoGoScope.Quickstart.Tests;

/// <summary>The program as a user or a script sees it.</summary>
[CancelAfter(120_000)]
public partial class ProgramTests
{
    private const string Columns = "webhook_id,customer,product,quantity,amount\n";

    // One customer, one product: whoever works at the same time as another is bound to lose something.
    private static readonly string Contended =
        Columns + string.Concat(Enumerable.Range(0, 200).Select(i => $"wh-{i},ada,\"Mug, blue\",1,9.99\n"));

    [GeneratedRegex(@"^without lock: (\d+) lost updates; with lock: 0 lost updates$")]
    private static partial Regex Verdict { get; }

    [Test]
    public async Task The_shipped_orders_lose_updates_without_locks_and_none_with_them(CancellationToken cancellationToken)
    {
        var result = await QuickstartProcess.RunAsync(cancellationToken);

        Assert.That(result.Errors, Is.Empty);
        Assert.That(result.Output[0], Is.EqualTo("Settling 4,986 deliveries with 8 workers."));
        Assert.That(LostWithoutLock(result), Is.Positive);
        Assert.That(result.ExitCode, Is.Zero);

        var table = Table(result);
        Assert.That(table.Keys, Is.EqualTo(new[]
        {
            "", "Orders settled", "Orders declined", "Double charges", "Oversold units", "Webhooks processed twice", "Balances off by",
            "Stock off by (units)", "Lost updates", "Tokens fetched", "Orders per second",
        }));
        Assert.That(table[""], Is.EqualTo(("without lock", "with lock")));
        foreach (var damage in new[] { "Double charges", "Oversold units", "Webhooks processed twice", "Stock off by (units)", "Lost updates" })
        {
            Assert.That(Number(table[damage].Without), Is.Positive, damage);
            Assert.That(table[damage].With, Is.EqualTo("0"), damage);
        }
        Assert.That(table["Balances off by"].With, Is.EqualTo("0.00"));
        Assert.That(Number(table["Tokens fetched"].Without), Is.GreaterThan(Number(table["Tokens fetched"].With)));
        Assert.That(Number(table["Orders settled"].With) + Number(table["Orders declined"].With), Is.EqualTo(4500), "each webhook once");
    }

    [Test]
    public async Task Into_a_pipe_it_prints_plain_lines(CancellationToken cancellationToken)
    {
        var result = await QuickstartProcess.RunWithInputAsync(Contended, cancellationToken, "--input", "-");

        Assert.That(result.Output, Has.None.Matches<string>(line => line!.Any(c => char.IsControl(c) || c > 127)));
        Assert.That(result.Output, Does.Contain("without lock: 50 of 200").And.Contain("with lock: 200 of 200"));
    }

    [Test]
    public async Task Orders_come_from_standard_input(CancellationToken cancellationToken)
    {
        var result = await QuickstartProcess.RunWithInputAsync(Contended, cancellationToken, "--input", "-", "--workers", "4", "--think-time", "3");

        Assert.That(result.Output[0], Is.EqualTo("Settling 200 deliveries with 4 workers."));
        Assert.That(LostWithoutLock(result), Is.Positive);
        Assert.That(result.ExitCode, Is.Zero);
    }

    [Test]
    public async Task Orders_come_from_a_file(CancellationToken cancellationToken)
    {
        using var file = new TemporaryFile(Columns + "wh-1,ada,mug,1,9.99\n");

        var result = await QuickstartProcess.RunAsync(cancellationToken, "--input", file.Path, "--workers", "1", "--think-time", "0");

        Assert.That(result.Output[0], Is.EqualTo("Settling 1 delivery with 1 worker."));
        Assert.That(result.Output[^1], Is.EqualTo("without lock: 0 lost updates; with lock: 0 lost updates"), "nobody works at the same time");
        Assert.That(result.ExitCode, Is.Zero);
    }

    [Test]
    public async Task Malformed_rows_are_skipped_and_counted(CancellationToken cancellationToken)
    {
        using var file = new TemporaryFile(Columns + "wh-1,ada,mug,1,-1\nwh-2,ada,mug,1,1\nwh-3\nwh-4,\"ada,mug,1,1\nwh-5,ada,mug,1,1\n");

        var result = await QuickstartProcess.RunAsync(cancellationToken, "--input", file.Path, "--skip-bad");

        Assert.That(result.Output[0], Is.EqualTo("Settling 2 deliveries with 8 workers."));
        Assert.That(result.Output[1], Is.EqualTo($"Skipped 3 malformed rows, the first one: {file.Path}, line 2: amount \"-1\" is negative."));
        Assert.That(result.ExitCode, Is.Zero);
    }

    [Test]
    public async Task A_malformed_row_is_one_line_with_file_and_line_number(CancellationToken cancellationToken)
    {
        using var file = new TemporaryFile(Columns + "wh-1,ada,mug,1,1\nwh-2,ada,mug,1,-1\n");

        await AssertRefusedAsync($"{file.Path}, line 3: amount \"-1\" is negative.", cancellationToken, "--input", file.Path);
    }

    [Test]
    public async Task A_missing_file_is_one_line(CancellationToken cancellationToken)
    {
        var path = Path.Combine(TestContext.CurrentContext.WorkDirectory, "nowhere", "orders.csv");

        await AssertRefusedAsync($"{path}: there is no such file.", cancellationToken, "--input", path);
    }

    [Test]
    public async Task A_folder_is_one_line(CancellationToken cancellationToken)
    {
        var path = TestContext.CurrentContext.WorkDirectory;

        await AssertRefusedAsync($"{path}: is a folder, not a file.", cancellationToken, "--input", path);
    }

    [Test]
    public async Task Empty_standard_input_is_one_line(CancellationToken cancellationToken) =>
        await AssertRefusedAsync(
            $"standard input, line 1: the file is empty; it must begin with the columns {Columns.TrimEnd()}.", cancellationToken, "--input", "-");

    [TestCase("--workers must be a whole number from 1 to 1000, not \"0\". See --help.", "--workers", "0")]
    [TestCase("--workers must be a whole number from 1 to 1000, not \"1001\". See --help.", "--workers", "1001")]
    [TestCase("--workers must be a whole number from 1 to 1000, not \"-1\". See --help.", "--workers", "-1")]
    [TestCase("--workers must be a whole number from 1 to 1000, not \"many\". See --help.", "--workers", "many")]
    [TestCase("--workers must be a whole number from 1 to 1000, not \"99999999999\". See --help.", "--workers=99999999999")]
    [TestCase("--think-time must be a whole number from 0 to 10000, not \"-1\". See --help.", "--think-time", "-1")]
    [TestCase("--input names no file.", "--input", "")]
    [TestCase("Unrecognized command or argument '--nonsense'. See --help.", "--nonsense")]
    public async Task A_wrong_option_is_one_line(string message, params string[] args) =>
        await AssertRefusedAsync(message, TestContext.CurrentContext.CancellationToken, args);

    [Test]
    public async Task Help_tells_the_format_of_the_file(CancellationToken cancellationToken)
    {
        var result = await QuickstartProcess.RunAsync(cancellationToken, "--help");

        Assert.That(result.ExitCode, Is.Zero);
        var help = string.Join('\n', result.Output);
        foreach (var word in new[] { "--input", "--workers", "--think-time", "--skip-bad", Columns.TrimEnd(), "UTF-8", "Exit code" })
            Assert.That(help, Does.Contain(word));
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public async Task Ctrl_C_ends_it_in_good_order(CancellationToken cancellationToken)
    {
        using var program = QuickstartProcess.Start("--workers", "2", "--think-time", "10000");
        Assert.That(await program.ReadLineAsync(cancellationToken), Does.StartWith("Settling"));

        await program.InterruptAsync(cancellationToken);
        var result = await program.EndAsync(cancellationToken);

        Assert.That(result.ExitCode, Is.EqualTo(130));
        Assert.That(result.Errors, Is.EqualTo(new[] { "Cancelled." }));
    }

    private static async Task AssertRefusedAsync(string message, CancellationToken cancellationToken, params string[] args)
    {
        var result = await QuickstartProcess.RunAsync(cancellationToken, args);

        Assert.That(result.Errors, Is.EqualTo(new[] { message }));
        Assert.That(result.Output, Is.Empty);
        Assert.That(result.ExitCode, Is.EqualTo(2));
    }

    private static long LostWithoutLock(ProcessResult result)
    {
        var verdict = Verdict.Match(result.Output[^1]);
        Assert.That(verdict.Success, $"The last line is: {result.Output[^1]}");
        return Number(verdict.Groups[1].Value);
    }

    /// <summary>The rows of the table by their names.</summary>
    private static Dictionary<string, (string Without, string With)> Table(ProcessResult result) =>
        result.Output
            .Where(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length == 5)
            .ToDictionary(cells => cells[1], cells => (cells[2], cells[3]));

    private static long Number(string text) => long.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
