namespace GoGoScope;

/// <summary>One compare-and-swap of one key's record. For authors of stores.</summary>
public readonly record struct LockSwap
{
    /// <summary>The key whose record is replaced.</summary>
    public required string Key { get; init; }

    /// <summary>
    /// The version that the record must have. Zero: it must be free, that is not exist or have an empty body, whatever its
    /// version is and whatever it went through before.
    /// </summary>
    public required long Expected { get; init; }

    /// <summary>The new version: a random number that is not zero. The swap has succeeded exactly if the record has it afterwards.</summary>
    public required long Version { get; init; }

    /// <summary>A version for a swap.</summary>
    internal static long NewVersion() => Random.Shared.NextInt64(1, long.MaxValue);

    /// <summary>The new body; empty makes the record free.</summary>
    public required string Body { get; init; }

    /// <summary>
    /// What the fence changes by: how many tokens are drawn, less what is given back, and how far it is moved on to the clock when the
    /// record goes from one holder to the next; -1,000 or more. Counted from the fence of the record that is replaced, but from the
    /// clock if that record was free and the clock is later, or did not exist. Only who holds the record can give back: negative only
    /// where <see cref="Expected"/> is not zero.
    /// </summary>
    public long Draw { get; init; }

    /// <summary>The clock must be at this time or later: the latest end of a lease that the new record no longer has.</summary>
    public long NotBefore { get; init; }

    /// <summary>
    /// The clock must be earlier than this: a request that was delayed on its way has no effect any more. If it is not set,
    /// nothing is ever early enough.
    /// </summary>
    public required long NotAfter { get; init; }

    /// <summary>
    /// Until when the record is needed; a free one is not, whatever this says. A store may forget it after that, but never a
    /// record whose fence is later than the clock, or tokens would fall.
    /// </summary>
    public required long KeepUntil { get; init; }

    /// <summary>The processes to be told of the new record; null for nobody.</summary>
    public IReadOnlyList<string>? Wake { get; init; }
}
