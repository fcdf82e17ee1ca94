namespace GoGoScope;

/// <summary>Options of a pool: how many resources it has, how long they live, how they are checked and destroyed.</summary>
/// <typeparam name="T">What is pooled.</typeparam>
/// <example>
/// <code>
/// var options = new PoolOptions&lt;Connection&gt;
/// {
///     Max = 10, Min = 2, IdleTimeout = TimeSpan.FromMinutes(5),
///     Validate = (connection, ct) => connection.PingAsync(ct),
/// };
/// </code>
/// </example>
public sealed record PoolOptions<T> where T : notnull
{
    /// <summary>How many resources there are at most, those that are being made or destroyed included; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public required int Max { get; init => field = Ensure.AtLeastOne(value); }

    /// <summary>
    /// How many resources the pool makes in advance and keeps, from 0, the default, to <see cref="Max"/>. If making one fails, it
    /// is tried again after <see cref="RefillPause"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int Min { get; init => field = Ensure.NotNegative(value); }

    /// <summary>
    /// Tells whether a resource still works. It is asked before it is lent, and while it is idle, each
    /// <see cref="HealthCheckInterval"/>. One that doesn't, or for which this throws, is destroyed, and another one is taken or
    /// made. By default all are taken to work. The token is cancelled when the pool ends.
    /// </summary>
    /// <remarks>
    /// It must come to an end, by itself or by its token: a check that hangs keeps its place among <see cref="Max"/> for ever, although its caller has left. It
    /// runs on the thread pool, in the context of nobody.
    /// </remarks>
    public Func<T, CancellationToken, ValueTask<bool>>? Validate { get; init; }

    /// <summary>
    /// Destroys a resource. By default it is disposed, if it is an <see cref="IAsyncDisposable"/> or an <see cref="IDisposable"/>.
    /// Must come to an end.
    /// </summary>
    public Func<T, ValueTask>? Destroy { get; init; }

    /// <summary>
    /// Whether a resource is destroyed, and not lent again, after what was run with it by
    /// <see cref="ResourcePool{T}.RunAsync(Func{T, CancellationToken, Task}, AcquireOptions?, CancellationToken)"/> has thrown or was cancelled: for
    /// connections, which may stand in the middle of an exchange then. False by default.
    /// </summary>
    public bool DiscardAfterFailure { get; init; }

    /// <summary>
    /// For how long a resource may be idle before it is destroyed, as long as there are more than <see cref="Min"/>; more than
    /// zero. By default for as long as the pool lives.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public TimeSpan? IdleTimeout { get; init => field = Ensure.PositiveOrNull(value); }

    /// <summary>
    /// The longest life of a resource, even of one that works: after it, it is destroyed when it is idle or comes back. More than
    /// zero; by default the lifetime of the pool.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public TimeSpan? MaxLifetime { get; init => field = Ensure.PositiveOrNull(value); }

    /// <summary>
    /// How often <see cref="Validate"/> is asked for a resource that is idle; more than zero. By default it is asked only
    /// before a resource is lent.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public TimeSpan? HealthCheckInterval { get; init => field = Ensure.PositiveOrNull(value); }

    /// <summary>How long to wait, after making a resource for <see cref="Min"/> has failed, until the next attempt, unless one is made meanwhile: 5 s by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public TimeSpan RefillPause { get; init => field = Ensure.Positive(value, nameof(RefillPause)); } = TimeSpan.FromSeconds(5);

    /// <summary>Its name in errors, events and dumps. By default it has none.</summary>
    /// <exception cref="ArgumentException">It is empty or white space.</exception>
    public string? Name { get; init => field = Ensure.NameOrNull(value); }

    /// <summary>The clock of its waits and limits. By default the scope's.</summary>
    public TimeProvider? TimeProvider { get; init; }

    /// <summary>Refuses combinations that cannot mean anything.</summary>
    internal PoolOptions<T> Validated()
    {
        if (Min > Max) throw new ArgumentException($"{nameof(Min)} ({Min}) must be at most {nameof(Max)} ({Max}).");
        if (HealthCheckInterval is not null && Validate is null)
            throw new ArgumentException($"{nameof(HealthCheckInterval)} needs {nameof(Validate)}: it says what is healthy.");
        return this;
    }
}
