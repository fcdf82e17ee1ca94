namespace GoGoScope;

/// <summary>
/// The settings of a store of locks in an application's configuration; null where it sets none. For authors of providers.
/// </summary>
public sealed record LockStoreSettings
{
    /// <summary>The connection string, in the form that the store's driver reads.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>The prefix of all keys in the store.</summary>
    public string? KeyPrefix { get; init; }

    /// <summary>The schema, or the database, that the table is in.</summary>
    public string? Schema { get; init; }

    /// <summary>The table, or the collection.</summary>
    public string? Table { get; init; }

    /// <summary>How long leases last, and how this process waits.</summary>
    public LeaseOptions Leases { get; init; } = LeaseOptions.Default;
}
