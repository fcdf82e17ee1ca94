namespace GoGoScope.Quickstart;

/// <summary>
/// The shop's books in a store that all processes use. What a checkout reads, it reads now; what it writes, it writes
/// later, as a whole, and not if it has become too late for it.
/// </summary>
/// <remarks>
/// <para>Locks across processes are leases: a process that stands still for too long loses its lock and does not know. So each
/// account remembers its <em>fence</em>, the highest fencing token that it was opened with, and refuses everybody with a lower
/// one. It is raised already by reading: whoever held the lock before can't change any more what the new holder has read.</para>
/// <para>A process may die at any moment, so an order's effect and the mark that it was processed are written in one piece.</para>
/// </remarks>
internal interface ISharedLedger
{
    /// <summary>Reads an account, and raises its fence to <paramref name="token"/>.</summary>
    /// <exception cref="StaleWriterException">Somebody with a higher token has opened it.</exception>
    Task<OpenAccount> OpenAsync(string key, long token);

    /// <summary>Whether the webhook is marked as processed.</summary>
    Task<bool> WasProcessedAsync(string webhookId);

    /// <summary>
    /// All or nothing: marks the order's webhook as processed, adds a line to the journal and, if the order was settled, writes
    /// both accounts. It is not asked whether the webhook was marked before; that is what the customer's lock is for.
    /// </summary>
    /// <exception cref="StaleWriterException">Somebody with a higher token has opened one of the accounts. Nothing was written.</exception>
    Task CommitAsync(JournalEntry entry, OpenAccount customer, OpenAccount product);

    /// <summary>Opens further accounts with these amounts.</summary>
    Task AddAsync(OpeningBooks books);

    /// <summary>The accounts of these keys, as they are.</summary>
    Task<IReadOnlyDictionary<string, Account>> ReadAccountsAsync(IReadOnlyCollection<string> keys);

    /// <summary>All that was committed.</summary>
    Task<IReadOnlyList<(string WebhookId, Outcome Outcome)>> ReadJournalAsync();
}

/// <summary>An account as somebody has read it who holds the lock on it.</summary>
/// <param name="Key">The account's name.</param>
/// <param name="Token">The fencing token of that lock.</param>
/// <param name="Account">What was in it, and what is to be written.</param>
internal sealed record OpenAccount(string Key, long Token, Account Account)
{
    public long Amount => Account.Amount;

    public OpenAccount Less(long taken) => this with { Account = Account.Less(taken) };
}

/// <summary>Somebody else has got the lock in the meantime, and opened the account: whatever was read before is out of date.</summary>
internal sealed class StaleWriterException(string key, long token)
    : Exception($"{key} was opened with a higher fencing token than {token}: the lock has passed to somebody else.");
