namespace GoGoScope.Quickstart.Tests;

/// <summary>What the ledgers in stores promise: accounts that know their fence, and effects that come with their mark or not at all.</summary>
[TestFixtureSource(typeof(StoreKind), nameof(StoreKind.All))]
[CancelAfter(60_000)]
public sealed class SharedLedgerTests(StoreKind kind)
{
    private static readonly Order Order = new("wh-1 'x'", "Ada: \"A\" é", "Mug, blue", 2, 100);

    private TemporaryStore _store = null!;

    private ISharedLedger Ledger => _store.Ledger;

    [SetUp]
    public async Task CreateAsync()
    {
        _store = await kind.CreateAsync();
        await Ledger.AddAsync(new OpeningBooks(new Dictionary<string, long> { [Order.CustomerKey] = 1000, [Order.ProductKey] = 10 }));
    }

    [TearDown]
    public async Task DeleteAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
    }

    [Test]
    public async Task A_settled_order_writes_both_accounts_and_its_mark()
    {
        var (customer, product) = (await Ledger.OpenAsync(Order.CustomerKey, 7), await Ledger.OpenAsync(Order.ProductKey, 8));
        Assert.That(customer, Is.EqualTo(new OpenAccount(Order.CustomerKey, 7, new Account(1000, 0))));
        Assert.That(await Ledger.WasProcessedAsync(Order.WebhookId), Is.False);

        await Ledger.CommitAsync(new JournalEntry(Order, Outcome.Settled), customer.Less(100), product.Less(2));

        Assert.That(await AccountsAsync(), Is.EqualTo((new Account(900, 1), new Account(8, 1))));
        Assert.That(await Ledger.WasProcessedAsync(Order.WebhookId), Is.True);
        Assert.That(await Ledger.ReadJournalAsync(), Is.EqualTo(new[] { (Order.WebhookId, Outcome.Settled) }));
    }

    [Test]
    public async Task A_declined_order_writes_its_mark_only()
    {
        var (customer, product) = (await Ledger.OpenAsync(Order.CustomerKey, 7), await Ledger.OpenAsync(Order.ProductKey, 7));

        await Ledger.CommitAsync(new JournalEntry(Order, Outcome.Declined), customer.Less(100), product.Less(2));

        Assert.That(await AccountsAsync(), Is.EqualTo((new Account(1000, 0), new Account(10, 0))));
        Assert.That(await Ledger.ReadJournalAsync(), Is.EqualTo(new[] { (Order.WebhookId, Outcome.Declined) }));
    }

    [Test]
    public async Task The_journal_forgets_nothing()
    {
        for (var i = 0; i < 2; i++)
        {
            var (customer, product) = (await Ledger.OpenAsync(Order.CustomerKey, 0), await Ledger.OpenAsync(Order.ProductKey, 0));
            await Ledger.CommitAsync(new JournalEntry(Order, Outcome.Settled), customer.Less(100), product.Less(2));
        }

        Assert.That(await Ledger.ReadJournalAsync(), Has.Count.EqualTo(2), "a webhook that was processed twice");
        Assert.That(await AccountsAsync(), Is.EqualTo((new Account(800, 2), new Account(6, 2))));
    }

    [Test]
    public async Task Whoever_opens_an_account_with_a_lower_token_is_refused()
    {
        await Ledger.OpenAsync(Order.CustomerKey, 1_700_000_000_000_001);
        await Ledger.OpenAsync(Order.CustomerKey, 1_700_000_000_000_001);

        Assert.That(() => Ledger.OpenAsync(Order.CustomerKey, 1_700_000_000_000_000), Throws.TypeOf<StaleWriterException>());
        Assert.That(await Ledger.OpenAsync(Order.CustomerKey, 1_700_000_000_000_002), Is.Not.Null, "nothing was lost by the refusal");
    }

    [TestCase(true, true, TestName = "A write is refused after somebody else has opened the customer's account")]
    [TestCase(false, true, TestName = "A write is refused after somebody else has opened the product's account")]
    [TestCase(true, false, TestName = "A mark is refused after somebody else has opened the customer's account")]
    [TestCase(false, false, TestName = "A mark is refused after somebody else has opened the product's account")]
    public async Task A_stale_writer_changes_nothing(bool customers, bool settled)
    {
        var (customer, product) = (await Ledger.OpenAsync(Order.CustomerKey, 7), await Ledger.OpenAsync(Order.ProductKey, 7));
        await Ledger.OpenAsync(customers ? Order.CustomerKey : Order.ProductKey, 8);

        Assert.That(
            () => Ledger.CommitAsync(new JournalEntry(Order, settled ? Outcome.Settled : Outcome.Declined), customer.Less(100), product.Less(2)),
            Throws.TypeOf<StaleWriterException>().With.Message.Contains(customers ? Order.CustomerKey : Order.ProductKey));

        Assert.That(await AccountsAsync(), Is.EqualTo((new Account(1000, 0), new Account(10, 0))));
        Assert.That(await Ledger.WasProcessedAsync(Order.WebhookId), Is.False);
        Assert.That(await Ledger.ReadJournalAsync(), Is.Empty);
    }

    [Test]
    public async Task An_unfenced_ledger_lets_the_last_writer_win()
    {
        var unfenced = new UnfencedLedger(Ledger);
        var (customer, product) = (await unfenced.OpenAsync(Order.CustomerKey, 9), await unfenced.OpenAsync(Order.ProductKey, 9));
        var (customersOther, productsOther) = (await unfenced.OpenAsync(Order.CustomerKey, 5), await unfenced.OpenAsync(Order.ProductKey, 5));

        await unfenced.CommitAsync(new JournalEntry(Order, Outcome.Settled), customer.Less(100), product.Less(2));
        await unfenced.CommitAsync(new JournalEntry(Order, Outcome.Settled), customersOther.Less(100), productsOther.Less(2));

        Assert.That(await AccountsAsync(), Is.EqualTo((new Account(900, 1), new Account(8, 1))), "one of two");
    }

    [Test]
    public async Task Two_runs_do_not_meet()
    {
        await using var other = await kind.CreateAsync();
        await other.Ledger.AddAsync(new OpeningBooks(new Dictionary<string, long> { [Order.CustomerKey] = 5 }));

        Assert.That((await Ledger.OpenAsync(Order.CustomerKey, 7)).Amount, Is.EqualTo(1000));
        Assert.That((await other.Ledger.OpenAsync(Order.CustomerKey, 1)).Amount, Is.EqualTo(5));
    }

    private async Task<(Account Customer, Account Product)> AccountsAsync()
    {
        var accounts = await Ledger.ReadAccountsAsync([Order.CustomerKey, Order.ProductKey]);
        return (accounts[Order.CustomerKey], accounts[Order.ProductKey]);
    }
}
