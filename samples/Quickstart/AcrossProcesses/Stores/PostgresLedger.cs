using Npgsql;

namespace GoGoScope.Quickstart;

/// <summary>The ledger in PostgreSQL: a table of accounts and one for the journal, whose rows are the marks as well.</summary>
internal sealed class PostgresLedger(NpgsqlDataSource database, string schema) : ISharedLedger
{
    // The journal would refuse a second row for a webhook, if it had a unique index, and hide what happens without locks.
    private readonly string _create =
        $"""
        CREATE TABLE {schema}.accounts (key text PRIMARY KEY, amount bigint NOT NULL, updates bigint NOT NULL, fence bigint NOT NULL);
        CREATE TABLE {schema}.journal (webhook_id text NOT NULL, outcome text NOT NULL);
        CREATE INDEX ON {schema}.journal (webhook_id)
        """;

    private readonly string _add = $"INSERT INTO {schema}.accounts SELECT key, amount, 0, 0 FROM unnest($1, $2) AS added (key, amount)";
    private readonly string _open = $"UPDATE {schema}.accounts SET fence = $2 WHERE key = $1 AND fence <= $2 RETURNING amount, updates";
    private readonly string _wasProcessed = $"SELECT EXISTS (SELECT FROM {schema}.journal WHERE webhook_id = $1)";

    // Both change one row, or none if somebody else has opened the account since.
    private readonly string _write = $"UPDATE {schema}.accounts SET amount = $3, updates = $4 WHERE key = $1 AND fence = $2";
    private readonly string _leave = $"UPDATE {schema}.accounts SET fence = fence WHERE key = $1 AND fence = $2";

    private readonly string _record = $"INSERT INTO {schema}.journal VALUES ($1, $2)";
    private readonly string _readAccounts = $"SELECT key, amount, updates FROM {schema}.accounts WHERE key = ANY ($1)";
    private readonly string _readJournal = $"SELECT webhook_id, outcome FROM {schema}.journal";

    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        await using var create = database.CreateCommand(_create);
        await create.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<OpenAccount> OpenAsync(string key, long token)
    {
        await using var open = database.CreateCommand(_open);
        open.Parameters.Add(new() { Value = key });
        open.Parameters.Add(new() { Value = token });
        await using var row = await open.ExecuteReaderAsync();
        if (!await row.ReadAsync()) throw new StaleWriterException(key, token);
        return new OpenAccount(key, token, new Account(row.GetInt64(0), row.GetInt64(1)));
    }

    public async Task<bool> WasProcessedAsync(string webhookId)
    {
        await using var wasProcessed = database.CreateCommand(_wasProcessed);
        wasProcessed.Parameters.Add(new() { Value = webhookId });
        return (bool)(await wasProcessed.ExecuteScalarAsync())!;
    }

    public async Task CommitAsync(JournalEntry entry, OpenAccount customer, OpenAccount product)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            // The customer first, as in taking the locks: no two transactions wait for each other.
            BatchCommands = { Change(customer), Change(product), Command(_record, entry.Order.WebhookId, $"{entry.Outcome}") },
        };
        await batch.ExecuteNonQueryAsync();
        // What is not committed never was.
        if (batch.BatchCommands[0].RecordsAffected != 1) throw new StaleWriterException(customer.Key, customer.Token);
        if (batch.BatchCommands[1].RecordsAffected != 1) throw new StaleWriterException(product.Key, product.Token);
        await transaction.CommitAsync();

        NpgsqlBatchCommand Change(OpenAccount account) => entry.Outcome == Outcome.Settled
            ? Command(_write, account.Key, account.Token, account.Account.Amount, account.Account.Updates)
            : Command(_leave, account.Key, account.Token);
    }

    public async Task AddAsync(OpeningBooks books)
    {
        await using var add = database.CreateCommand(_add);
        add.Parameters.Add(new() { Value = books.Amounts.Keys.ToArray() });
        add.Parameters.Add(new() { Value = books.Amounts.Values.ToArray() });
        await add.ExecuteNonQueryAsync();
    }

    public async Task<IReadOnlyDictionary<string, Account>> ReadAccountsAsync(IReadOnlyCollection<string> keys)
    {
        await using var read = database.CreateCommand(_readAccounts);
        read.Parameters.Add(new() { Value = keys.ToArray() });
        await using var rows = await read.ExecuteReaderAsync();
        var accounts = new Dictionary<string, Account>();
        while (await rows.ReadAsync()) accounts.Add(rows.GetString(0), new Account(rows.GetInt64(1), rows.GetInt64(2)));
        return accounts;
    }

    public async Task<IReadOnlyList<(string WebhookId, Outcome Outcome)>> ReadJournalAsync()
    {
        await using var read = database.CreateCommand(_readJournal);
        await using var rows = await read.ExecuteReaderAsync();
        var journal = new List<(string, Outcome)>();
        while (await rows.ReadAsync()) journal.Add((rows.GetString(0), Enum.Parse<Outcome>(rows.GetString(1))));
        return journal;
    }

    private static NpgsqlBatchCommand Command(string text, params object[] values)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return command;
    }
}
