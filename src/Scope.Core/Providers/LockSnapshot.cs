namespace GoGoScope;

/// <summary>One key at one moment: who holds it and who waits for it.</summary>
/// <param name="Key">The key; null for a lock without one.</param>
/// <param name="Holders">Who holds it: one exclusive holder, any number of readers, or those who have permits of a semaphore.</param>
/// <param name="Waiters">Who waits, in the order in which they would be granted.</param>
public sealed record LockSnapshot(string? Key, IReadOnlyList<LockHolder> Holders, IReadOnlyList<LockWaiter> Waiters)
{
    /// <summary>What it is, at the start of a sentence, if it is no lock.</summary>
    internal string? Title { get; init; }

    /// <summary>How many permits there are, if it is a semaphore of this process; zero if not.</summary>
    internal int Permits { get; init; }

    internal string What => Title ?? LockText.Describe(Key);
}

/// <summary>One holder of a key.</summary>
/// <param name="Owner">Who it is.</param>
/// <param name="Mode">How it holds the key.</param>
/// <param name="FencingToken">The token of its grant.</param>
/// <param name="Scope">The name of the scope it belongs to, if there is one.</param>
public sealed record LockHolder(string Owner, LockMode Mode, long FencingToken, string? Scope)
{
    // Names may be shared, or missing; a scope's dump wants its own.
    internal Scope? Asker { get; init; }

    /// <summary>When its lease ends, if it ends by itself in this process.</summary>
    internal HoldExpiry? Expiry { get; init; }

    /// <summary>How many permits, if it is a semaphore; zero if not.</summary>
    public int Weight { get; init; }

    internal string How => LockText.Describe(Mode, Weight);
}

/// <summary>One request that waits for a key.</summary>
/// <param name="Owner">Who it is.</param>
/// <param name="Mode">How it wants to hold the key.</param>
/// <param name="Priority">Its priority; higher goes first.</param>
/// <param name="PassedOver">How often somebody who came later was granted the key first.</param>
/// <param name="Scope">The name of the scope it belongs to, if there is one.</param>
public sealed record LockWaiter(string Owner, LockMode Mode, int Priority, int PassedOver, string? Scope)
{
    internal Scope? Asker { get; init; }

    /// <summary>How many permits it wants, if it is a semaphore; zero if not.</summary>
    public int Weight { get; init; }

    internal string How => LockText.Describe(Mode, Weight);
}
