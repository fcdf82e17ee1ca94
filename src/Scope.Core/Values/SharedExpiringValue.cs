namespace GoGoScope;

/// <summary>
/// Lets processes share an <see cref="ExpiringValue{T}"/>, so that one of them fetches for all: by a key that all of them use, and
/// a place of yours where the value is kept.
/// </summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <example>
/// <code>
/// new SharedExpiringValue&lt;string&gt;
/// {
///     Key = "token:payments",
///     Provider = redisLocks,
///     Read = async ct => Parse(await cache.GetAsync("token:payments", ct)),
///     Write = (token, ct) => cache.SetAsync("token:payments", Format(token), ct),
/// }
/// </code>
/// </example>
public sealed record SharedExpiringValue<T>
{
    /// <summary>The key that a process holds while it looks and fetches; not empty and not white space.</summary>
    /// <exception cref="ArgumentException">It is empty or white space.</exception>
    public required string Key { get; init => field = Ensure.Key(value, nameof(Key)); }

    /// <summary>Where the key lives.</summary>
    public required ILockProvider Provider { get; init => field = Ensure.NotNull(value, nameof(Provider)); }

    /// <summary>Reads what is kept; null if there is nothing. A value that has expired is treated as nothing.</summary>
    public required Func<CancellationToken, Task<Expiring<T>?>> Read { get; init => field = Ensure.NotNull(value, nameof(Read)); }

    /// <summary>Keeps what was fetched, in place of what was kept before. Called under the key.</summary>
    public required Func<Expiring<T>, CancellationToken, Task> Write { get; init => field = Ensure.NotNull(value, nameof(Write)); }
}
