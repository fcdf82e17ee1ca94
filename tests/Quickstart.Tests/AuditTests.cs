namespace GoGoScope.Quickstart.Tests;

/// <summary>The arithmetic of conservation.</summary>
public class AuditTests
{
    private static readonly Dictionary<string, long> Opening = new() { ["customer:ada"] = 1000, ["product:mug"] = 5 };

    private static Order Order(string webhookId, int quantity = 1, long cents = 100) => new(webhookId, "ada", "mug", quantity, cents);

    private static JournalEntry Settled(string webhookId, int quantity = 1, long cents = 100) => new(Order(webhookId, quantity, cents), Outcome.Settled);

    private static JournalEntry Declined(string webhookId) => new(Order(webhookId), Outcome.Declined);

    private static Audit Check(Account ada, Account mug, params JournalEntry[] journal) =>
        Audit.Of(Opening, journal, new Dictionary<string, Account> { ["customer:ada"] = ada, ["product:mug"] = mug });

    [Test]
    public void Nothing_happened_and_nothing_is_lost() =>
        Assert.That(Check(new(1000, 0), new(5, 0)), Is.EqualTo(Expect()));

    [Test]
    public void Books_that_balance_have_lost_nothing() =>
        Assert.That(
            Check(new(700, 2), new(2, 2), Settled("wh-1"), Settled("wh-2", quantity: 2, cents: 200), Declined("wh-3")),
            Is.EqualTo(Expect() with { OrdersSettled = 2, OrdersDeclined = 1 }));

    [Test]
    public void A_replaced_write_is_lost_in_each_account_by_itself() =>
        Assert.That(
            Check(new(800, 1), new(3, 2), Settled("wh-1"), Settled("wh-2", cents: 200)),
            Is.EqualTo(Expect() with { OrdersSettled = 2, BalancesOff = 100, LostUpdates = 1 }));

    [Test]
    public void Two_writes_can_be_replaced_by_a_third() =>
        Assert.That(
            Check(new(900, 1), new(4, 1), Settled("wh-1"), Settled("wh-2"), Settled("wh-3")),
            Is.EqualTo(Expect() with { OrdersSettled = 3, BalancesOff = 200, StockOff = 2, LostUpdates = 4 }));

    [Test]
    public void A_webhook_counts_once() =>
        Assert.That(
            Check(new(800, 2), new(3, 2), Settled("wh-1"), Settled("wh-1")),
            Is.EqualTo(Expect() with
            {
                OrdersSettled = 2, DoubleCharges = 1, ProcessedTwice = 1, BalancesOff = 100, StockOff = 1, LostUpdates = 1,
            }));

    [Test]
    public void A_double_charge_whose_write_was_replaced_does_not_balance_itself_out() =>
        Assert.That(
            Check(new(900, 1), new(4, 1), Settled("wh-1"), Settled("wh-1")),
            Is.EqualTo(Expect() with { OrdersSettled = 2, DoubleCharges = 1, ProcessedTwice = 1, LostUpdates = 3 }));

    [Test]
    public void A_webhook_declined_twice_was_processed_twice_and_charged_never() =>
        Assert.That(
            Check(new(1000, 0), new(5, 0), Declined("wh-1"), Declined("wh-1")),
            Is.EqualTo(Expect() with { OrdersDeclined = 2, ProcessedTwice = 1, LostUpdates = 1 }));

    [Test]
    public void Units_sold_beyond_the_opening_stock_are_oversold() =>
        Assert.That(
            Check(new(800, 2), new(1, 1), Settled("wh-1", quantity: 4), Settled("wh-2", quantity: 4)),
            Is.EqualTo(Expect() with { OrdersSettled = 2, OversoldUnits = 3, StockOff = 4, LostUpdates = 1 }));

    [Test]
    public void An_account_that_does_not_balance_has_lost_an_update_whatever_it_counts() =>
        Assert.That(
            Check(new(950, 1), new(4, 1), Settled("wh-1")),
            Is.EqualTo(Expect() with { OrdersSettled = 1, BalancesOff = 50, LostUpdates = 1 }));

    private static Audit Expect() => new()
    {
        OrdersSettled = 0, OrdersDeclined = 0, DoubleCharges = 0, ProcessedTwice = 0, OversoldUnits = 0, BalancesOff = 0, StockOff = 0, LostUpdates = 0,
    };
}
