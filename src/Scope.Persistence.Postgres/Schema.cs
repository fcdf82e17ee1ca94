using Npgsql;

namespace GoGoScope.Persistence.Postgres;

/// <summary>How the table comes into being, and whether the one that is there is the one that the options mean.</summary>
internal sealed class Schema(Table table)
{
    private volatile bool _isChecked;

    /// <summary>Whether the table was there once, and as the options say.</summary>
    internal bool IsChecked => _isChecked;

    /// <summary>All of it, for a person.</summary>
    internal string Script
    {
        get
        {
            var statements = new List<string>();
            if (table.CreateSchema is { } schema) statements.Add(schema);
            if (table.Epoch is not { } epoch) statements.Add(table.CreateTable);
            // Together, or the table would look as one that was there before and has lost its rows.
            else statements.AddRange(["BEGIN", Epoch.CommitDurably, epoch.CreateTable, epoch.InsertRow, table.CreateTable, "COMMIT"]);
            return string.Concat(statements.Select(static statement => $"{statement};\n"));
        }
    }

    /// <summary>Creates what is not there; who may only use it need not be allowed to create it.</summary>
    internal async ValueTask<bool> CreateMissingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var (hasSchema, hasTable, hasEpochs) = await CheckAsync(connection, cancellationToken).ConfigureAwait(false);
        if (hasTable && table.Epoch is null) return true;

        // "IF NOT EXISTS" is no protection against others who do the same at the same moment; the lock ends with the batch.
        var create = Commands.NewBatch(connection);
        await using (create.ConfigureAwait(false))
        {
            create.BatchCommands.Add(new NpgsqlBatchCommand("SELECT pg_advisory_xact_lock($1)") { Parameters = { new NpgsqlParameter<long> { TypedValue = table.CreationLock } } });
            if (!hasSchema && table.CreateSchema is { } schema) Add(schema);
            if (table.Epoch is { } epoch)
            {
                Add(Epoch.CommitDurably);
                if (!hasEpochs) Add(epoch.CreateTable);
                Add(epoch.InsertRow);
            }
            if (!hasTable) Add(table.CreateTable);
            await create.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        return true;

        void Add(string statement) => create.BatchCommands.Add(new NpgsqlBatchCommand(statement));
    }

    /// <summary>Says what is there. A table that is not there is for whoever uses it to tell.</summary>
    /// <exception cref="InvalidOperationException">The table was created with the other durability.</exception>
    internal async Task<(bool HasSchema, bool HasTable, bool HasEpochs)> CheckAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var look = Commands.New(
            connection, "SELECT to_regnamespace($1) IS NOT NULL, to_regclass($3) IS NOT NULL, (SELECT relpersistence::text FROM pg_class WHERE oid = to_regclass($2))");
        foreach (var name in new[] { table.SchemaName, table.Name, table.Epoch?.TableName ?? table.Name }) look.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        await using (look.ConfigureAwait(false))
        {
            var row = await look.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                await row.ReadAsync(cancellationToken).ConfigureAwait(false);
                var hasTable = !row.IsDBNull(2);
                if (hasTable)
                {
                    RefuseOther(isUnlogged: row.GetString(2) == "u");
                    _isChecked = true;
                }
                return (row.GetBoolean(0), hasTable, row.GetBoolean(1));
            }
        }
    }

    private void RefuseOther(bool isUnlogged)
    {
        if (isUnlogged == table.IsUnlogged) return;
        var (it, options) = isUnlogged ? ("UNLOGGED", nameof(PostgresDurability.Durable)) : ("logged", nameof(PostgresDurability.Fast));
        throw new InvalidOperationException(
            $"The table {table.Name} is {it}, and {nameof(PostgresStoreOptions)}.{nameof(PostgresStoreOptions.Durability)} is {options}: either set the other one, in all processes, or name another table.");
    }
}
