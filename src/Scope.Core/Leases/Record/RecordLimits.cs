namespace GoGoScope;

/// <summary>What bounds the record of a key.</summary>
internal sealed record RecordLimits
{
    /// <summary>The most tokens that are drawn by one change, and that are drawn ahead at any time, over all holders.</summary>
    internal const int MaxDraw = 1_000;

    internal static readonly RecordLimits Default = new();

    /// <summary>How many may wait; by default 1,000, which makes a record of some 100 KB.</summary>
    internal int MaxWaiters { get; init; } = 1_000;

    /// <summary>How often a waiter is passed over before it ranks first.</summary>
    internal int MaxPassedOver { get; init; } = Lock.MaxPassedOver;

    /// <summary><see cref="MaxDraw"/>, or less.</summary>
    internal int MaxTokens { get; init; } = MaxDraw;
}
