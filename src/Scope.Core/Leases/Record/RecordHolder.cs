namespace GoGoScope;

/// <summary>One holder in the record of a key. All readers of one process may share one; of a semaphore each grant is one.</summary>
/// <param name="Id">The acquisition that holds.</param>
/// <param name="Owner">Who it is, for people.</param>
/// <param name="Mode">How it holds.</param>
/// <param name="Token">The first of its tokens that may be in use.</param>
/// <param name="LastToken">The last token that was drawn for it; those after <paramref name="Token"/> are for guards to come.</param>
/// <param name="ExpiresAt">When the lease ends by the store's clock: from then on anybody may evict it.</param>
/// <param name="Weight">How many permits of a semaphore; zero for a lock.</param>
/// <param name="Since">When it was granted the key by the store's clock, for people; zero if that is not known.</param>
internal readonly record struct RecordHolder(ContenderId Id, string Owner, LockMode Mode, long Token, long LastToken, long ExpiresAt, int Weight = 0, long Since = 0)
{
    internal TokenRange Tokens => new(Token, LastToken);

    /// <summary>Whether its process may hand it on to others of its own, who wants to hear of it when somebody else comes to wait.</summary>
    internal bool HandsOn => LastToken > Token;
}
