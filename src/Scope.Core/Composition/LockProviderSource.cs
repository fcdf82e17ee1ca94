namespace GoGoScope;

/// <summary>Describes to an application how a provider is made, and which settings it reads. For authors of providers.</summary>
public sealed record LockProviderSource
{
    /// <summary>The provider's name in messages, such as "redis".</summary>
    public required string Name { get; init; }

    /// <summary>Makes the provider, once. Whoever asked for it disposes it at the end, if it can be disposed.</summary>
    public required Func<IServiceProvider, LockStoreSettings, ILockProvider> Create { get; init; }

    /// <summary>
    /// The settings that the provider reads, by the names of the properties of <see cref="LockStoreSettings"/>;
    /// <see cref="LockStoreSettings.Leases"/> need not be named. A setting that an application sets and that is not named here is
    /// refused. Empty by default.
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
