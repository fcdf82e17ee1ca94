namespace GoGoScope.Quickstart;

/// <summary>
/// What the books say after a run. They conserve: opening amounts, less what the settled orders took, must equal what
/// is there at the end, and each webhook counts once.
/// </summary>
internal sealed record Audit
{
    /// <summary>How often an order was settled, double charges included.</summary>
    public required long OrdersSettled { get; init; }

    /// <summary>How often an order was turned down, for want of money or stock.</summary>
    public required long OrdersDeclined { get; init; }

    /// <summary>Settled again although the same webhook had been settled before.</summary>
    public required long DoubleCharges { get; init; }

    /// <summary>Processed again, settled or declined, although the same webhook had been processed before.</summary>
    public required long ProcessedTwice { get; init; }

    /// <summary>Units sold beyond what was in stock at the beginning.</summary>
    public required long OversoldUnits { get; init; }

    /// <summary>By how many cents the balances are off at the end, each taken by itself.</summary>
    public required long BalancesOff { get; init; }

    /// <summary>By how many units the stocks are off at the end, each taken by itself.</summary>
    public required long StockOff { get; init; }

    /// <summary>
    /// Updates that the books do not have, or have once too often: writes to an account that another write replaced,
    /// and webhooks whose mark as processed was not seen by a second delivery.
    /// </summary>
    public required long LostUpdates { get; init; }

    /// <summary>Compares the <paramref name="journal"/> with the accounts before and after.</summary>
    public static Audit Of(
        IReadOnlyDictionary<string, long> opening, IReadOnlyCollection<JournalEntry> journal, IReadOnlyDictionary<string, Account> closing)
    {
        var settled = journal.Where(entry => entry.Outcome == Outcome.Settled).Select(entry => entry.Order).ToList();
        var settledOnce = settled.DistinctBy(order => order.WebhookId).ToList();
        var processedTwice = journal.Count - journal.DistinctBy(entry => entry.Order.WebhookId).Count();

        var taken = Totals(settled);
        var takenOnce = Totals(settledOnce);
        long lostWrites = 0, oversold = 0, balancesOff = 0, stockOff = 0;
        foreach (var (key, start) in opening)
        {
            var end = closing[key];
            var (sum, updates) = taken.GetValueOrDefault(key);
            // An account that does not balance has lost an update even if its own count denies it.
            lostWrites += Math.Max(updates - end.Updates, start - sum == end.Amount ? 0 : 1);

            var off = Math.Abs(start - takenOnce.GetValueOrDefault(key).Sum - end.Amount);
            if (key.StartsWith(Order.ProductPrefix, StringComparison.Ordinal))
            {
                stockOff += off;
                oversold += Math.Max(0, sum - start);
            }
            else
            {
                balancesOff += off;
            }
        }

        return new()
        {
            OrdersSettled = settled.Count,
            OrdersDeclined = journal.Count - settled.Count,
            DoubleCharges = settled.Count - settledOnce.Count,
            ProcessedTwice = processedTwice,
            OversoldUnits = oversold,
            BalancesOff = balancesOff,
            StockOff = stockOff,
            LostUpdates = lostWrites + processedTwice,
        };
    }

    private static Dictionary<string, (long Sum, long Count)> Totals(IEnumerable<Order> orders) =>
        orders
            .SelectMany(order => new[] { (Key: order.CustomerKey, Amount: order.Cents), (Key: order.ProductKey, Amount: order.Quantity) })
            .GroupBy(change => change.Key)
            .ToDictionary(changes => changes.Key, changes => (changes.Sum(change => change.Amount), (long)changes.Count()));
}
