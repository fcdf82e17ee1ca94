using Spectre.Console;

namespace GoGoScope.Quickstart;

/// <summary>The table that sets both runs side by side.</summary>
internal static class Report
{
    private static readonly Style Damage = new(Color.Red, decoration: Decoration.Bold);
    private static readonly Style Clean = new(Color.Green);

    public static void Write(IAnsiConsole console, Comparison comparison)
    {
        var table = new Table { Border = console.Profile.Capabilities.Unicode ? TableBorder.Rounded : TableBorder.Ascii };
        table.AddColumn("");
        table.AddColumn(comparison.WithoutLock.Name, column => column.RightAligned());
        table.AddColumn(comparison.WithLock.Name, column => column.RightAligned());

        Row("Orders settled", run => Shown.Number(run.Audit.OrdersSettled));
        Row("Orders declined", run => Shown.Number(run.Audit.OrdersDeclined));
        DamageRow("Double charges", run => run.Audit.DoubleCharges);
        DamageRow("Oversold units", run => run.Audit.OversoldUnits);
        DamageRow("Webhooks processed twice", run => run.Audit.ProcessedTwice);
        DamageRow("Balances off by", run => run.Audit.BalancesOff, Shown.Money);
        DamageRow("Stock off by (units)", run => run.Audit.StockOff);
        DamageRow("Lost updates", run => run.Audit.LostUpdates);
        if (comparison.WithLock.Processes is not null)
        {
            DamageRow("Confirmed orders missing", run => run.Processes!.Missing);
            Row("Workers killed", run => Shown.Number(run.Processes!.Killed));
            Row("Stale writers refused", run => Shown.Number(run.Processes!.Refused));
        }
        if (comparison.WithLock.TokensFetched is not null) Row("Tokens fetched", run => Shown.Number(run.TokensFetched ?? 0));
        Row("Orders per second", run => Shown.Number(run.OrdersPerSecond));

        console.Write(table);

        void Row(string name, Func<RunResult, string> value) =>
            table.AddRow(name, value(comparison.WithoutLock), value(comparison.WithLock));

        void DamageRow(string name, Func<RunResult, long> value, Func<long, string>? show = null) =>
            table.AddRow(new Text(name), Cell(value(comparison.WithoutLock), show), Cell(value(comparison.WithLock), show));
    }

    private static Text Cell(long value, Func<long, string>? show) =>
        new((show ?? Shown.Number)(value), value == 0 ? Clean : Damage);
}
