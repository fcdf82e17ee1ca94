using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;

namespace GoGoScope.Quickstart;

/// <summary>The program's options.</summary>
internal static class CommandLine
{
    private const string Memory = "memory";

    private const string Description = $"""
        Settles a file of orders against balances and stock with concurrent workers, twice: without locks, and with a
        lock for each customer and product. Then counts what was lost.

        With --processes the workers are processes, and the ledger is in a store that all of them use: files, or a server
        with --provider; first with locks in the memory of each process, then with the store's.

        The input is CSV in UTF-8. Its first line names the columns, in any order; every other line is one delivery:

          {OrderColumns.Header}
          wh-100003,customer-112,"Mug, white",1,11.90

          webhook_id  the same in repeated deliveries of the same order, which must be alike
          customer    whose balance pays
          product     whose stock is taken
          quantity    units, a whole number from 1
          amount      of the whole order, more than 0, with at most two decimals

        Exit code: 0 nothing was lost with locks, 1 something was, 2 bad input or no server, 130 cancelled.
        """;

    /// <summary>Parses <paramref name="args"/> and runs the program. Returns its exit code.</summary>
    public static async Task<int> RunAsync(string[] args, Func<Settings, CancellationToken, Task<int>> program, CancellationToken cancellationToken)
    {
        var input = new Option<string?>("--input")
        {
            HelpName = "FILE",
            Description = "The orders; - reads standard input. By default those that come with the program.",
        };
        var workers = NumberOption("--workers", "N", "How many workers settle orders at the same time.", 1, Settings.MostWorkers, Settings.DefaultWorkers);
        var thinkTime = NumberOption(
            "--think-time", "MS", "Milliseconds that each checkout waits for its payment.", 0, Settings.LongestThinkTime, Settings.DefaultThinkTime);
        var skipBad = new Option<bool>("--skip-bad") { Description = "Skip and count malformed rows instead of giving up." };

        var provider = new Option<string?>("--provider")
        {
            HelpName = "URL",
            Description = $"The store of ledger and locks: {StoreAddress.Forms}. With {Memory} locks are in the memory of each process, which is of no use to the others. By default files in a temporary directory.",
            CustomParser = ParseProvider,
        };
        var processes = SharedOption("--processes", "N", $"How many processes of --workers each; {SharedSettings.DefaultProcesses} if not given.", SharedSettings.MostProcesses);
        var killEvery = SharedOption("--kill-every", "SECONDS", "Kill one of them so often, and start another.", SharedSettings.LongestSeconds);
        var duration = SharedOption("--duration", "SECONDS", "Settle all orders again and again, for so long in each run.", SharedSettings.LongestSeconds);

        var command = new RootCommand(Description) { input, workers, thinkTime, skipBad, provider, processes, killEvery, duration };
        command.SetAction((parsed, token) => program(
            new Settings(
                parsed.GetValue(input) ?? Settings.ShippedOrders,
                parsed.GetValue(workers),
                TimeSpan.FromMilliseconds(parsed.GetValue(thinkTime)),
                parsed.GetValue(skipBad))
            {
                Shared = ReadShared(parsed),
            },
            token));

        var result = command.Parse(args);
        if (result.Action is ParseErrorAction)
            throw new BadInputException($"{result.Errors[0].Message} See --help.");
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return await result.InvokeAsync(configuration, cancellationToken);

        SharedSettings? ReadShared(ParseResult parsed)
        {
            var url = parsed.GetValue(provider) is { } text and not Memory ? StoreAddress.TryParse(text) : null;
            if (url is null && !new[] { processes, killEvery, duration }.Any(option => parsed.GetValue(option) is not null)) return null;
            return new(url, parsed.GetValue(processes) ?? SharedSettings.DefaultProcesses, Seconds(parsed.GetValue(killEvery)), Seconds(parsed.GetValue(duration)))
            {
                LocksInMemory = parsed.GetValue(provider) == Memory,
            };
        }
    }

    private static Option<int> NumberOption(string name, string helpName, string description, int least, int most, int standard) => new(name)
    {
        HelpName = helpName,
        Description = $"{description} From {least} to {most}.",
        DefaultValueFactory = _ => standard,
        CustomParser = argument => ParseNumber(argument, name, least, most),
    };

    private static Option<int?> SharedOption(string name, string helpName, string description, int most) => new(name)
    {
        HelpName = helpName,
        Description = $"{description} From 1 to {most}.",
        CustomParser = argument => ParseNumber(argument, name, 1, most),
    };

    private static string? ParseProvider(ArgumentResult argument)
    {
        // It may have a password in it, so it is not repeated.
        var url = argument.Tokens[^1].Value;
        if (url != Memory && StoreAddress.TryParse(url) is null)
            argument.AddError($"--provider must be {Memory}, {StoreAddress.Forms}.{(StoreAddress.IsTorn(url) ? $" {StoreAddress.Escapes}" : "")}");
        return url;
    }

    private static TimeSpan? Seconds(int? number) => number is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static int ParseNumber(ArgumentResult argument, string name, int least, int most)
    {
        var text = argument.Tokens[^1].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        argument.AddError($"{name} must be a whole number from {least} to {most}, not {Shown.Quoted(text)}.");
        return 0;
    }
}
