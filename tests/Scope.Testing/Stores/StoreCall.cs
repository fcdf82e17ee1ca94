namespace GoGoScope.Testing;

/// <summary>What is asked of a store.</summary>
public enum StoreCallKind
{
    /// <summary><see cref="ILockStore.ReadAsync"/>.</summary>
    Read,

    /// <summary><see cref="ILockStore.SwapAsync"/>.</summary>
    Swap,

    /// <summary><see cref="ILockStore.SwapManyAsync"/>.</summary>
    SwapMany,

    /// <summary><see cref="ILockStore.WatchAsync"/>.</summary>
    Watch,
}

/// <summary>One call of a store, of which a plan says how it goes.</summary>
/// <param name="Kind">What is asked.</param>
/// <param name="Key">The key; of several swaps the first one's; of a watch the process.</param>
public readonly record struct StoreCall(StoreCallKind Kind, string Key);
