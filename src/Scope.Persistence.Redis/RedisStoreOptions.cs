namespace GoGoScope.Persistence.Redis;

/// <summary>How locks are kept in Redis. Everything has a default.</summary>
/// <example>
/// <code>
/// var options = new RedisStoreOptions { KeyPrefix = "shop:locks:" };
/// </code>
/// </example>
public sealed record RedisStoreOptions
{
    internal static readonly RedisStoreOptions Default = new();

    /// <summary>
    /// What all keys and channels in Redis begin with: "gogoscope:" by default. Processes that share locks use the same. It may be
    /// empty. In a Redis Cluster a hash tag here ("{locks}:") keeps all locks on one node; without it they are spread.
    /// </summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public string KeyPrefix { get; init => field = value ?? throw new ArgumentNullException(nameof(KeyPrefix)); } = "gogoscope:";

    /// <summary>
    /// Uses a server that may throw locks away when its memory is full (<c>maxmemory</c> with a <c>maxmemory-policy</c> other
    /// than <c>noeviction</c>): two may then hold the same lock. False by default, and the use of such a server throws: at first, and within half a minute after the server, or its setting, has become another.
    /// </summary>
    public bool AcceptEviction { get; init; }

    /// <summary>By which it is time to look at the server again.</summary>
    internal TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
