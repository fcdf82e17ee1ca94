namespace GoGoScope.Quickstart.Tests;

/// <summary>What two checkouts at the same time do to each other, without locks and with them.</summary>
[CancelAfter(30_000)]
public class CheckoutTests
{
    private static readonly Order First = new("wh-1", "ada", "mug", 1, 100);
    private static readonly Order Second = new("wh-2", "ada", "mug", 1, 100);
    private static readonly Order OtherCustomer = new("wh-3", "bob", "mug", 1, 100);
    private static readonly Order Unrelated = new("wh-4", "eve", "tea", 1, 100);
    private static readonly Order TooExpensive = new("wh-5", "ada", "mug", 1, 5000);
    private static readonly Order TooMany = new("wh-6", "ada", "mug", 50, 100);

    private PauseGate _pause = null!;
    private Ledger _ledger = null!;
    private Scope _scope = null!;

    [SetUp]
    public void Open()
    {
        _pause = new PauseGate();
        _ledger = new Ledger(new OpeningBooks(new Dictionary<string, long>
        {
            ["customer:ada"] = 1000, ["customer:bob"] = 1000, ["customer:eve"] = 1000, ["product:mug"] = 10, ["product:tea"] = 10,
        }));
        _scope = Scope.Create();
    }

    [TearDown]
    public async Task CloseAsync() => await _scope.DisposeAsync();

    private Checkout With(CheckoutLocks locks) => new(_ledger, locks, _pause.PauseAsync);

    [Test]
    public async Task A_settled_order_is_taken_from_balance_and_stock(CancellationToken cancellationToken)
    {
        var settling = With(CheckoutLocks.Of(_scope)).SettleAsync(First, cancellationToken);
        (await _pause.NextAsync())();

        Assert.That(await settling, Is.EqualTo(Outcome.Settled));
        Assert.That(await _ledger.ReadAsync("customer:ada"), Is.EqualTo(new Account(900, 1)));
        Assert.That(await _ledger.ReadAsync("product:mug"), Is.EqualTo(new Account(9, 1)));
    }

    [Test]
    public async Task An_order_that_money_or_stock_does_not_cover_takes_nothing(CancellationToken cancellationToken)
    {
        var checkout = With(CheckoutLocks.Of(_scope));
        foreach (var order in new[] { TooExpensive, TooMany })
        {
            var settling = checkout.SettleAsync(order, cancellationToken);
            (await _pause.NextAsync())();
            Assert.That(await settling, Is.EqualTo(Outcome.Declined));
        }

        var audit = _ledger.Check();
        Assert.That((audit.OrdersSettled, audit.OrdersDeclined, audit.LostUpdates), Is.EqualTo((0, 2, 0)));
        Assert.That((await _ledger.ReadAsync("customer:ada")).Amount, Is.EqualTo(1000));
    }

    [Test]
    public async Task Without_locks_the_second_write_replaces_the_first(CancellationToken cancellationToken)
    {
        var outcomes = await BothInThePauseAsync(First, Second, cancellationToken);

        var audit = _ledger.Check();
        Assert.That(outcomes, Is.All.EqualTo(Outcome.Settled));
        Assert.That((await _ledger.ReadAsync("customer:ada")).Amount, Is.EqualTo(900), "one of two orders was paid");
        Assert.That((audit.LostUpdates, audit.DoubleCharges), Is.EqualTo((2, 0)), "one update of the balance, one of the stock");
    }

    [Test]
    public async Task Without_locks_a_repeated_webhook_is_charged_again(CancellationToken cancellationToken)
    {
        var outcomes = await BothInThePauseAsync(First, First, cancellationToken);

        var audit = _ledger.Check();
        Assert.That(outcomes, Is.All.EqualTo(Outcome.Settled));
        Assert.That((audit.DoubleCharges, audit.ProcessedTwice), Is.EqualTo((1, 1)));
    }

    [TestCase(false, TestName = "With locks the same customer's orders go one after the other")]
    [TestCase(true, TestName = "With locks orders for the same product go one after the other")]
    public async Task With_locks_nothing_is_lost(bool otherCustomer, CancellationToken cancellationToken)
    {
        var checkout = With(CheckoutLocks.Of(_scope));
        var first = checkout.SettleAsync(First, cancellationToken);
        var endFirst = await _pause.NextAsync();
        var second = checkout.SettleAsync(otherCustomer ? OtherCustomer : Second, cancellationToken);
        Assert.That(_pause.Waiting, Is.Zero, "the second must not come this far");

        endFirst();
        (await _pause.NextAsync())();

        Assert.That(await Task.WhenAll(first, second), Is.All.EqualTo(Outcome.Settled));
        Assert.That(_ledger.Check().LostUpdates, Is.Zero);
        Assert.That((await _ledger.ReadAsync("product:mug")).Amount, Is.EqualTo(8));
    }

    [Test]
    public async Task With_locks_a_repeated_webhook_is_recognised(CancellationToken cancellationToken)
    {
        var checkout = With(CheckoutLocks.Of(_scope));
        var first = checkout.SettleAsync(First, cancellationToken);
        var endFirst = await _pause.NextAsync();
        var second = checkout.SettleAsync(First, cancellationToken);

        endFirst();

        Assert.That(await first, Is.EqualTo(Outcome.Settled));
        Assert.That(await second, Is.EqualTo(Outcome.Repeated));
        Assert.That(_ledger.Check().ProcessedTwice, Is.Zero);
    }

    [Test]
    public async Task With_locks_unrelated_orders_do_not_wait_for_each_other(CancellationToken cancellationToken)
    {
        var checkout = With(CheckoutLocks.Of(_scope));
        var first = checkout.SettleAsync(First, cancellationToken);
        var second = checkout.SettleAsync(Unrelated, cancellationToken);

        var endFirst = await _pause.NextAsync();
        var endSecond = await _pause.NextAsync();
        endFirst();
        endSecond();

        Assert.That(await Task.WhenAll(first, second), Is.All.EqualTo(Outcome.Settled));
    }

    [Test]
    public async Task A_cancelled_checkout_takes_nothing_and_gives_its_locks_back(CancellationToken cancellationToken)
    {
        var checkout = With(CheckoutLocks.Of(_scope));
        using var cancel = new CancellationTokenSource();
        var cancelled = checkout.SettleAsync(First, cancel.Token);
        await _pause.NextAsync();

        await cancel.CancelAsync();

        Assert.That(async () => await cancelled, Throws.InstanceOf<OperationCanceledException>());
        var next = checkout.SettleAsync(Second, cancellationToken);
        (await _pause.NextAsync())();
        Assert.That(await next, Is.EqualTo(Outcome.Settled));
        Assert.That(_ledger.Check().OrdersSettled, Is.EqualTo(1));
    }

    private async Task<Outcome[]> BothInThePauseAsync(Order one, Order other, CancellationToken cancellationToken)
    {
        var checkout = With(CheckoutLocks.None);
        var first = checkout.SettleAsync(one, cancellationToken);
        var second = checkout.SettleAsync(other, cancellationToken);
        var endFirst = await _pause.NextAsync();
        var endSecond = await _pause.NextAsync();
        endFirst();
        await first;
        endSecond();
        return await Task.WhenAll(first, second);
    }
}
