namespace GoGoScope;

/// <summary>What a change of a record depends on beside the record and the command.</summary>
internal readonly record struct Circumstances
{
    /// <summary>
    /// What the caller believes the store's clock to show, in microseconds since 1970-01-01 UTC. It only proposes who is evicted:
    /// the store itself judges, by <see cref="LockSwap.NotBefore"/>.
    /// </summary>
    internal required long Now { get; init; }

    /// <summary>Processes that are known to be dead: their waiters are dropped. Their holds end when their leases do, no earlier.</summary>
    internal IReadOnlySet<string>? Dead { get; init; }

    internal RecordLimits Limits { get; init; } = RecordLimits.Default;

    public Circumstances() { }
}
