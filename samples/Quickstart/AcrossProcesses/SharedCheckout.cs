namespace GoGoScope.Quickstart;

/// <summary>
/// Settles orders as <see cref="Checkout"/> does, with the same locks in the same order, on a ledger that other processes use:
/// whoever runs this may be stopped or killed at any line of it.
/// </summary>
internal sealed class SharedCheckout(ISharedLedger ledger, CheckoutLocks locks, Pause pause)
{
    /// <exception cref="StaleWriterException">A lock was lost on the way, and somebody else has it. Nothing was done: try again.</exception>
    public async Task<Outcome> SettleAsync(Order order, CancellationToken cancellationToken)
    {
        await using var customerLock = await locks.AcquireAsync(order.CustomerKey, cancellationToken);
        // Opened before the question: once it is, nobody who had the lock before can mark the webhook any more.
        var balance = await ledger.OpenAsync(order.CustomerKey, customerLock.FencingToken);
        if (await ledger.WasProcessedAsync(order.WebhookId)) return Outcome.Repeated;

        await using var productLock = await locks.AcquireAsync(order.ProductKey, cancellationToken);
        var stock = await ledger.OpenAsync(order.ProductKey, productLock.FencingToken);

        await pause(cancellationToken);

        var outcome = balance.Amount >= order.Cents && stock.Amount >= order.Quantity ? Outcome.Settled : Outcome.Declined;
        if (outcome == Outcome.Settled) (balance, stock) = (balance.Less(order.Cents), stock.Less(order.Quantity));
        // The effect and its mark in one piece, by the tokens of the locks under which both were read.
        await ledger.CommitAsync(new JournalEntry(order, outcome), balance, stock);
        return outcome;
    }
}
