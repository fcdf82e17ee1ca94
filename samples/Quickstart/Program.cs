using GoGoScope;
using GoGoScope.Quickstart;

// This program starts itself again for that.
if (args is [Worker.Argument]) return await Worker.RunAsync();

// The first Ctrl+C ends both runs in good order, a second one ends the process.
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
};

try
{
    return await CommandLine.RunAsync(args, SettleTwiceAsync, stop.Token);
}
catch (BadInputException e)
{
    Console.Error.WriteLine(Shown.OneLine(e.Message));
    return ExitCode.BadInput;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Cancelled.");
    return ExitCode.Cancelled;
}

// The same orders, the same code, the same waits, twice: without locks and with them.
static async Task<int> SettleTwiceAsync(Settings settings, CancellationToken cancellationToken)
{
    var file = await OrderFile.ReadAsync(settings.Input, settings.SkipBad, cancellationToken);
    using var temporary = settings.Shared is { Provider: null } ? new TemporaryDirectory() : null;
    var store = settings.Shared?.Provider ?? temporary?.Address;
    if (store is not null) await SharedStore.TryAsync(store);
    Console.WriteLine($"Settling {Shown.Count(file.Orders.Count, "delivery", "deliveries")} with {settings.Who}.");
    if (file.Skipped.Count > 0)
        Console.WriteLine(Shown.OneLine($"Skipped {Shown.Count(file.Skipped.Count, "malformed row")}, the first one: {file.Skipped[0]}"));

    var terminal = Terminal.Open();
    var comparison = await ProgressDisplay.ShowAsync(
        terminal, progress => settings.Shared is { } shared ? AcrossProcessesAsync(shared, store!, progress) : InOneProcessAsync(progress));

    Report.Write(terminal, comparison);
    Console.WriteLine(comparison.Verdict);
    return comparison.ExitCode;

    async Task<Comparison> InOneProcessAsync(ProgressDisplay progress)
    {
        var settlement = new Settlement(file.Orders, settings.Workers, settings.ThinkTime);
        return new Comparison(
            await settlement.RunAsync("without lock", _ => CheckoutLocks.None, progress, cancellationToken),
            await settlement.RunAsync("with lock", CheckoutLocks.Of, progress, cancellationToken));
    }

    async Task<Comparison> AcrossProcessesAsync(SharedSettings shared, StoreAddress store, ProgressDisplay progress)
    {
        var settlement = new SharedSettlement(file.Orders, settings, shared, store);
        return new Comparison(
            await settlement.RunAsync("without lock", sharedLocks: false, progress, cancellationToken),
            await settlement.RunAsync("with lock", sharedLocks: !shared.LocksInMemory, progress, cancellationToken));
    }
}
