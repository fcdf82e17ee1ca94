namespace GoGoScope;

/// <summary>
/// Options of a scope: its name, its deadline, what a failure does, how many children run at a time, where its locks live.
/// Everything has a default.
/// </summary>
/// <example>
/// <code>
/// var options = new ScopeOptions { Name = "import", Timeout = TimeSpan.FromMinutes(5), MaxConcurrency = 8 };
/// </code>
/// </example>
public sealed record ScopeOptions
{
    internal static readonly ScopeOptions Default = new();

    /// <summary>Its name in errors, events and dumps; and whom others see as the owner of its locks, over a store after the machine and the process. By default it has none.</summary>
    /// <exception cref="ArgumentException">It is empty or white space.</exception>
    public string? Name { get; init => field = Ensure.NameOrNull(value); }

    /// <summary>
    /// How long after its creation the scope is cancelled, with the cause <see cref="CancellationCause.Deadline"/>. Zero
    /// cancels it at once; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>, the default, never.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative and not infinite.</exception>
    public TimeSpan Timeout { get; init => field = Ensure.Timeout(value); } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>What the failure of a child does to its siblings: cancels them, by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not one of the values of the enumeration.</exception>
    public FailurePolicy FailurePolicy { get; init => field = Ensure.Defined(value); }

    /// <summary>
    /// How many children run at the same time, at least 1; further ones wait, first come, first served. By default
    /// there is no limit. A child keeps its slot while it awaits another child of the same scope.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public int? MaxConcurrency { get; init => field = Ensure.AtLeastOneOrNull(value); }

    /// <summary>The clock of its deadline, waits and leases. By default the parent's, or the system's.</summary>
    public TimeProvider? TimeProvider { get; init; }

    /// <summary>Where its keyed locks live. By default the parent's, or <see cref="InMemoryLockProvider.Shared"/>.</summary>
    public ILockProvider? LockProvider { get; init; }

    internal int Slots => MaxConcurrency ?? int.MaxValue;
}
