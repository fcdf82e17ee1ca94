namespace GoGoScope.Testing;

/// <summary>What not every store can do. A harness that lacks one says why, and its tests are skipped with that reason.</summary>
public enum StoreCapability
{
    /// <summary>Tells other processes of a swap.</summary>
    Watching,

    /// <summary>Keys and bodies may hold half of a surrogate pair, which has no UTF-8 form.</summary>
    UnpairedSurrogates,

    /// <summary>It has a server that a test can restart.</summary>
    Restart,

    /// <summary>It says which keys it has: it is an <see cref="IListableLockStore"/>.</summary>
    Listing,
}
