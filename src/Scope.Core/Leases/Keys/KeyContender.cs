namespace GoGoScope;

/// <summary>
/// Who stands in the queue of a key for this process: one at a time, for whoever ranks best here. Whoever that is when it is
/// granted the key gets it.
/// </summary>
/// <param name="contender">Who it is in the record.</param>
/// <param name="kind">What lease it waits for.</param>
/// <param name="for">The request that it waits for, if the lease is for that one alone.</param>
internal sealed class KeyContender(Contender contender, LeaseKind kind, Attempt? @for)
{
    internal Contender Contender { get; private set; } = contender;

    internal ContenderId Id => Contender.Id;

    internal LeaseKind Kind => kind;

    internal Attempt? For => @for;

    internal int Priority => Contender.Priority;

    /// <summary>Whether it was seen in the queue when the record was last seen.</summary>
    internal bool Stands { get; private set; }

    /// <summary>Whether it was ever seen there. If it no longer is, it was granted the key, and lost it again, or was dropped: it doesn't come back.</summary>
    internal bool HasStood { get; private set; }

    internal void Notice(LockRecord record)
    {
        var place = record.IndexOfWaiter(Id);
        Stands = place >= 0;
        HasStood |= Stands;
        // Raised by a request whose reply was lost, maybe.
        if (Stands && record.Waiters[place].Priority is var priority && priority != Priority) Contender = Contender with { Priority = priority };
    }

    /// <summary>Whether what it is granted would serve <paramref name="attempt"/>.</summary>
    internal bool Serves(Attempt attempt) => kind == attempt.Kind && (@for is null || @for == attempt);
}
