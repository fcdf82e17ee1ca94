using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;

namespace GoGoScope.Quickstart;

/// <summary>The program's options.</summary>
internal static class CommandLine
{
    private const string Description = $"""
        Settles a file of orders against balances and stock with concurrent workers, twice: without locks, and with a
        lock for each customer and product. Then counts what was lost.

        The input is CSV in UTF-8. Its first line names the columns, in any order; every other line is one delivery:

          {OrderColumns.Header}
          wh-100003,customer-112,"Mug, white",1,11.90

          webhook_id  the same in repeated deliveries of the same order, which must be alike
          customer    whose balance pays
          product     whose stock is taken
          quantity    units, a whole number from 1
          amount      of the whole order, more than 0, with at most two decimals

        Exit code: 0 nothing was lost with locks, 1 something was, 2 bad input, 130 cancelled.
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

        var command = new RootCommand(Description) { input, workers, thinkTime, skipBad };
        command.SetAction((parsed, token) => program(
            new Settings(
                parsed.GetValue(input) ?? Settings.ShippedOrders,
                parsed.GetValue(workers),
                TimeSpan.FromMilliseconds(parsed.GetValue(thinkTime)),
                parsed.GetValue(skipBad)),
            token));

        var result = command.Parse(args);
        if (result.Action is ParseErrorAction)
            throw new BadInputException($"{result.Errors[0].Message} See --help.");
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return await result.InvokeAsync(configuration, cancellationToken);
    }

    private static Option<int> NumberOption(string name, string helpName, string description, int least, int most, int standard) => new(name)
    {
        HelpName = helpName,
        Description = $"{description} From {least} to {most}.",
        DefaultValueFactory = _ => standard,
        CustomParser = argument => ParseNumber(argument, name, least, most),
    };

    private static int ParseNumber(ArgumentResult argument, string name, int least, int most)
    {
        var text = argument.Tokens[^1].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        argument.AddError($"{name} must be a whole number from {least} to {most}, not {Shown.Quoted(text)}.");
        return 0;
    }
}
