namespace GoGoScope.Quickstart;

/// <summary>What became of a delivery.</summary>
internal enum Outcome
{
    /// <summary>The order was paid and its units were taken.</summary>
    Settled,

    /// <summary>The balance or the stock was too low; nothing was taken.</summary>
    Declined,

    /// <summary>The webhook had been processed before; nothing was done.</summary>
    Repeated,
}
