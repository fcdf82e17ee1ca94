namespace GoGoScope.Quickstart;

/// <summary>One row of the input: a payment service says that a customer paid for an order.</summary>
/// <param name="WebhookId">The same in every delivery of the same message.</param>
/// <param name="Customer">Whose balance pays.</param>
/// <param name="Product">Whose stock is taken.</param>
/// <param name="Quantity">Units taken from the stock.</param>
/// <param name="Cents">The amount of the whole order, taken from the balance.</param>
internal sealed record Order(string WebhookId, string Customer, string Product, int Quantity, long Cents)
{
    public const string CustomerPrefix = "customer:";
    public const string ProductPrefix = "product:";

    /// <summary>The customer's account in the ledger, and the key of the lock on it.</summary>
    public string CustomerKey { get; } = CustomerPrefix + Customer;

    /// <summary>The product's account in the ledger, and the key of the lock on it.</summary>
    public string ProductKey { get; } = ProductPrefix + Product;
}
