namespace GoGoScope.Quickstart;

/// <summary>Settles orders, as shops do: look whether it can be done, wait for the payment service, then do it.</summary>
/// <remarks>
/// What was read before the wait may be wrong after it, unless nobody else could change it meanwhile. Everybody takes
/// the customer's lock first and the product's second, so two checkouts never wait for each other.
/// </remarks>
internal sealed class Checkout(Ledger ledger, CheckoutLocks locks, Pause pause)
{
    public async Task<Outcome> SettleAsync(Order order, CancellationToken cancellationToken)
    {
        // A webhook always names the same customer, so the customer's lock also makes "was it processed?" safe to ask.
        await using var customerLock = await locks.AcquireAsync(order.CustomerKey, cancellationToken);
        if (await ledger.WasProcessedAsync(order.WebhookId)) return Outcome.Repeated;

        await using var productLock = await locks.AcquireAsync(order.ProductKey, cancellationToken);
        var balance = await ledger.ReadAsync(order.CustomerKey);
        var stock = await ledger.ReadAsync(order.ProductKey);

        await pause(cancellationToken);

        var outcome = balance.Amount >= order.Cents && stock.Amount >= order.Quantity ? Outcome.Settled : Outcome.Declined;
        if (outcome == Outcome.Settled)
        {
            await ledger.WriteAsync(order.CustomerKey, balance.Less(order.Cents));
            await ledger.WriteAsync(order.ProductKey, stock.Less(order.Quantity));
        }
        await ledger.RecordAsync(order, outcome);
        return outcome;
    }
}
