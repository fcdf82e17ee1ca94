using System.Data.Common;

namespace GoGoScope.Quickstart;

/// <summary>The ledger in MySQL or MariaDB: a table of accounts and one for the journal, whose rows are the marks as well.</summary>
internal sealed class MySqlLedger(DbDataSource database, string run) : ISharedLedger
{
    // So many accounts in one statement.
    private const int Together = 200;

    // The journal would refuse a second row for a webhook, if it had a unique index, and hide what happens without locks.
    private readonly string _create =
        $"""
        CREATE TABLE {run}_accounts (id varchar(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PRIMARY KEY, amount bigint NOT NULL, updates bigint NOT NULL, fence bigint NOT NULL);
        CREATE TABLE {run}_journal (
          number bigint AUTO_INCREMENT PRIMARY KEY, webhook_id varchar(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, outcome varchar(40) NOT NULL, INDEX (webhook_id))
        """;

    private readonly string _delete = $"DROP TABLE IF EXISTS {run}_accounts, {run}_journal";

    // The second one finds nothing if somebody has opened it with a higher token, before or in between.
    private readonly string _open =
        $"""
        UPDATE {run}_accounts SET fence = @1 WHERE id = @0 AND fence <= @1;
        SELECT amount, updates FROM {run}_accounts WHERE id = @0 AND fence = @1
        """;

    private readonly string _wasProcessed = $"SELECT COUNT(*) FROM {run}_journal WHERE webhook_id = @0";

    // Both change one row, or none if somebody else has opened the account since.
    private readonly string _write = $"UPDATE {run}_accounts SET amount = @2, updates = @3 WHERE id = @0 AND fence = @1";
    private readonly string _leave = $"UPDATE {run}_accounts SET fence = fence WHERE id = @0 AND fence = @1";

    private readonly string _record = $"INSERT INTO {run}_journal (webhook_id, outcome) VALUES (@0, @1)";
    private readonly string _readJournal = $"SELECT webhook_id, outcome FROM {run}_journal ORDER BY number";

    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        await using var create = database.CreateCommand(_create);
        await create.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task DeleteAsync()
    {
        await using var delete = database.CreateCommand(_delete);
        await delete.ExecuteNonQueryAsync();
    }

    public async Task<OpenAccount> OpenAsync(string key, long token)
    {
        await using var open = With(database.CreateCommand(_open), key, token);
        await using var row = await open.ExecuteReaderAsync();
        if (!await row.ReadAsync()) throw new StaleWriterException(key, token);
        return new OpenAccount(key, token, new Account(row.GetInt64(0), row.GetInt64(1)));
    }

    public async Task<bool> WasProcessedAsync(string webhookId)
    {
        await using var wasProcessed = With(database.CreateCommand(_wasProcessed), webhookId);
        return (long)(await wasProcessed.ExecuteScalarAsync())! > 0;
    }

    public async Task CommitAsync(JournalEntry entry, OpenAccount customer, OpenAccount product)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // The customer first, as in taking the locks: no two transactions wait for each other. What is not committed never was.
        foreach (var account in new[] { customer, product })
        {
            var changed = entry.Outcome == Outcome.Settled
                ? await ExecuteAsync(_write, account.Key, account.Token, account.Account.Amount, account.Account.Updates)
                : await ExecuteAsync(_leave, account.Key, account.Token);
            if (changed != 1) throw new StaleWriterException(account.Key, account.Token);
        }
        await ExecuteAsync(_record, entry.Order.WebhookId, $"{entry.Outcome}");
        await transaction.CommitAsync();

        async Task<int> ExecuteAsync(string text, params object[] values)
        {
            await using var command = With(connection.CreateCommand(), values);
            (command.CommandText, command.Transaction) = (text, transaction);
            return await command.ExecuteNonQueryAsync();
        }
    }

    public async Task AddAsync(OpeningBooks books)
    {
        foreach (var some in books.Amounts.Chunk(Together))
        {
            var rows = string.Join(", ", some.Select((_, i) => $"(@{2 * i}, @{(2 * i) + 1}, 0, 0)"));
            await using var add = With(database.CreateCommand($"INSERT INTO {run}_accounts VALUES {rows}"), [.. some.SelectMany(entry => new object[] { entry.Key, entry.Value })]);
            await add.ExecuteNonQueryAsync();
        }
    }

    public async Task<IReadOnlyDictionary<string, Account>> ReadAccountsAsync(IReadOnlyCollection<string> keys)
    {
        var accounts = new Dictionary<string, Account>();
        foreach (var some in keys.Chunk(Together))
        {
            var names = string.Join(", ", some.Select((_, i) => $"@{i}"));
            await using var read = With(database.CreateCommand($"SELECT id, amount, updates FROM {run}_accounts WHERE id IN ({names})"), [.. some]);
            await using var rows = await read.ExecuteReaderAsync();
            while (await rows.ReadAsync()) accounts.Add(rows.GetString(0), new Account(rows.GetInt64(1), rows.GetInt64(2)));
        }
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

    /// <summary>The command with parameters @0, @1, …</summary>
    private static DbCommand With(DbCommand command, params object[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ($"@{i}", values[i]);
            command.Parameters.Add(parameter);
        }
        return command;
    }
}
