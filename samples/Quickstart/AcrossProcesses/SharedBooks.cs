namespace GoGoScope.Quickstart;

/// <summary>The parent's share of the books: opens accounts before the first order, and compares at the end.</summary>
/// <remarks>A run that goes on for a time settles the same orders every day, with new names: customers, products and webhooks of that day.</remarks>
internal sealed class SharedBooks(ISharedLedger ledger, IReadOnlyList<Order> orders)
{
    private readonly Dictionary<string, long> _opening = [];
    private readonly Dictionary<string, Order> _orders = [];
    private int _days;

    /// <summary>Opens the accounts of the next day, and returns its orders.</summary>
    public async Task<IReadOnlyList<Order>> OpenDayAsync()
    {
        var day = ++_days;
        var today = day == 1 ? orders : [.. orders.Select(order => OfDay(order, day))];
        var books = OpeningBooks.For(today);
        await ledger.AddAsync(books);
        foreach (var (key, amount) in books.Amounts) _opening.Add(key, amount);
        foreach (var order in today) _orders[order.WebhookId] = order;
        return today;
    }

    /// <summary>Compares what the ledger says was done with what is in the accounts, and with what the workers have confirmed.</summary>
    /// <returns>The audit, and how many orders were confirmed that the ledger knows nothing of, which the audit counts as lost.</returns>
    public async Task<(Audit Audit, long Missing)> CheckAsync(IEnumerable<Order> confirmed)
    {
        var written = await ledger.ReadJournalAsync();
        var journal = written.Select(line => new JournalEntry(_orders[line.WebhookId], line.Outcome)).ToList();
        var audit = Audit.Of(_opening, journal, await ledger.ReadAccountsAsync(_opening.Keys));
        var missing = confirmed.Select(order => order.WebhookId).Except(written.Select(line => line.WebhookId)).Count();
        return (audit with { LostUpdates = audit.LostUpdates + missing }, missing);
    }

    private static Order OfDay(Order order, int day) =>
        new($"{order.WebhookId}, day {day}", $"{order.Customer}, day {day}", $"{order.Product}, day {day}", order.Quantity, order.Cents);
}
