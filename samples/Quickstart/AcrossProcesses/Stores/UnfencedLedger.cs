namespace GoGoScope.Quickstart;

/// <summary>
/// A ledger that looks at no tokens, for the locks in memory: those of one process say nothing about those of another.
/// </summary>
internal sealed class UnfencedLedger(ISharedLedger inner) : ISharedLedger
{
    public Task<OpenAccount> OpenAsync(string key, long token) => inner.OpenAsync(key, token: 0);

    public Task<bool> WasProcessedAsync(string webhookId) => inner.WasProcessedAsync(webhookId);

    public Task CommitAsync(JournalEntry entry, OpenAccount customer, OpenAccount product) => inner.CommitAsync(entry, customer, product);

    public Task AddAsync(OpeningBooks books) => inner.AddAsync(books);

    public Task<IReadOnlyDictionary<string, Account>> ReadAccountsAsync(IReadOnlyCollection<string> keys) => inner.ReadAccountsAsync(keys);

    public Task<IReadOnlyList<(string WebhookId, Outcome Outcome)>> ReadJournalAsync() => inner.ReadJournalAsync();
}
