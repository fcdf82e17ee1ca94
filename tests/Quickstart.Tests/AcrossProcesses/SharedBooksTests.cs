namespace GoGoScope.Quickstart.Tests;

/// <summary>The parent's share of the books.</summary>
[TestFixtureSource(typeof(StoreKind), nameof(StoreKind.All))]
[CancelAfter(60_000)]
public sealed class SharedBooksTests(StoreKind kind)
{
    private static readonly Order[] Orders = [new("wh-1", "ada", "mug", 2, 100), new("wh-2", "ada", "tea", 1, 300)];

    private TemporaryStore _store = null!;
    private SharedBooks _books = null!;

    [SetUp]
    public async Task CreateAsync()
    {
        _store = await kind.CreateAsync();
        _books = new SharedBooks(_store.Ledger, Orders);
    }

    [TearDown]
    public async Task DeleteAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
    }

    [Test]
    public async Task Every_day_has_the_same_orders_with_accounts_of_its_own()
    {
        var first = await _books.OpenDayAsync();
        var second = await _books.OpenDayAsync();
        foreach (var order in first.Concat(second)) await SettleAsync(order);

        Assert.That(first, Is.EqualTo(Orders));
        Assert.That(second.Select(order => (order.Quantity, order.Cents)), Is.EqualTo(Orders.Select(order => (order.Quantity, order.Cents))));
        Assert.That(second.SelectMany(Names).Intersect(first.SelectMany(Names)), Is.Empty);
        var (audit, missing) = await _books.CheckAsync([.. first, .. second]);
        Assert.That((audit.OrdersSettled, audit.LostUpdates, missing), Is.EqualTo((4, 0, 0)));

        static string[] Names(Order order) => [order.WebhookId, order.CustomerKey, order.ProductKey];
    }

    [Test]
    public async Task What_is_confirmed_and_not_in_the_ledger_is_lost()
    {
        var orders = await _books.OpenDayAsync();
        await SettleAsync(orders[0]);

        var (audit, missing) = await _books.CheckAsync(orders);

        Assert.That((audit.LostUpdates, missing), Is.EqualTo((1, 1)));
    }

    private async Task SettleAsync(Order order)
    {
        var (customer, product) = (await _store.Ledger.OpenAsync(order.CustomerKey, 1), await _store.Ledger.OpenAsync(order.ProductKey, 1));
        await _store.Ledger.CommitAsync(new JournalEntry(order, Outcome.Settled), customer.Less(order.Cents), product.Less(order.Quantity));
    }
}
