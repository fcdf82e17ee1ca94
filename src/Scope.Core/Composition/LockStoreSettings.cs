namespace GoGoScope;

/// <summary>What an application's configuration says of its store of locks. Null is what it doesn't say. For authors of providers.</summary>
public sealed record LockStoreSettings
{
    /// <summary>How the store is reached, as its driver reads it.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>What all keys in the store begin with.</summary>
    public string? KeyPrefix { get; init; }

    /// <summary>The schema, or the database, that the table is in.</summary>
    public string? Schema { get; init; }

    /// <summary>The table, or the collection.</summary>
    public string? Table { get; init; }

    /// <summary>How long leases last, and how this process waits.</summary>
    public LeaseOptions Leases { get; init; } = LeaseOptions.Default;
}
