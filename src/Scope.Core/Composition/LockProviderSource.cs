namespace GoGoScope;

/// <summary>How an application's <see cref="ILockProvider"/> is made, and what it can be told. For authors of providers.</summary>
public sealed record LockProviderSource
{
    /// <summary>What messages call it, such as "redis".</summary>
    public required string Name { get; init; }

    /// <summary>Makes the provider, once. Whoever asked for it disposes it at the end, if it can be disposed.</summary>
    public required Func<IServiceProvider, LockStoreSettings, ILockProvider> Create { get; init; }

    /// <summary>
    /// What it reads from <see cref="LockStoreSettings"/>, by the names of its properties; <see cref="LockStoreSettings.Leases"/> need not be
    /// named. What is set and not named here is refused. Empty by default.
    /// </summary>
    public IReadOnlyList<string> Reads { get; init; } = [];

    /// <summary>
    /// What a connection string looks like, for the message when there is none. Null, the default, if it can do without one.
    /// </summary>
    public string? ConnectionStringExample { get; init; }

    /// <summary>Throws an <see cref="ArgumentException"/> if the settings can't be used, without making anything. Null, the default, accepts all.</summary>
    public Action<LockStoreSettings>? Check { get; init; }

    /// <summary>Makes the tables, or what else the provider needs, if they are not there. Null, the default, if it needs nothing.</summary>
    public Func<ILockProvider, CancellationToken, Task>? EnsureSchema { get; init; }
}
