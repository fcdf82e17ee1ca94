using System.Collections.Concurrent;

namespace GoGoScope.Quickstart;

/// <summary>
/// The shop's books: what is in each account, and which webhooks were processed. Each single operation is atomic, as in
/// a database, and asynchronous, as it would be there; two of them in a row are not one.
/// </summary>
internal sealed class Ledger(OpeningBooks opening)
{
    private readonly ConcurrentDictionary<string, Account> _accounts =
        new(opening.Amounts.Select(entry => KeyValuePair.Create(entry.Key, new Account(entry.Value, 0))));

    private readonly ConcurrentDictionary<string, bool> _processed = new();
    private readonly ConcurrentQueue<JournalEntry> _journal = new();

    public ValueTask<Account> ReadAsync(string key) => new(_accounts[key]);

    public ValueTask WriteAsync(string key, Account account)
    {
        _accounts[key] = account;
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> WasProcessedAsync(string webhookId) => new(_processed.ContainsKey(webhookId));

    /// <summary>Marks the order's webhook as processed, and adds a line to the journal, which forgets nothing.</summary>
    public ValueTask RecordAsync(Order order, Outcome outcome)
    {
        _processed[order.WebhookId] = true;
        _journal.Enqueue(new(order, outcome));
        return ValueTask.CompletedTask;
    }

    /// <summary>Compares the journal with what is in the accounts now.</summary>
    public Audit Check() => Audit.Of(opening.Amounts, _journal, _accounts);
}

/// <summary>A processed webhook.</summary>
internal sealed record JournalEntry(Order Order, Outcome Outcome);
