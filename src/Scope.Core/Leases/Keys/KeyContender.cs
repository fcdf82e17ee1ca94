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
    internal Contender Contender => contender;

    internal ContenderId Id => contender.Id;

    internal LeaseKind Kind => kind;

    internal Attempt? For => @for;

    internal int Priority { get; set; } = contender.Priority;

    /// <summary>Whether it was seen in the queue when the record was last seen.</summary>
    internal bool Stands { get; set; }

    /// <summary>Whether what it is granted would serve <paramref name="attempt"/>.</summary>
    internal bool Serves(Attempt attempt) => kind == attempt.Kind && (@for is null || @for == attempt);
}
