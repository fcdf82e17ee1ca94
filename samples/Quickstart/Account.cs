namespace GoGoScope.Quickstart;

/// <summary>A customer's balance in cents, or a product's stock in units, as the ledger stores it.</summary>
/// <param name="Amount">What is there.</param>
/// <param name="Updates">
/// How many updates that amount has in it. Two writers that read the same account both write the same number, and the
/// update of one of them is gone: this is how lost updates are counted, and nothing is decided by it.
/// </param>
internal sealed record Account(long Amount, long Updates)
{
    public Account Less(long taken) => new(Amount - taken, Updates + 1);
}
