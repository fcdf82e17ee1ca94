using Npgsql;
using NpgsqlTypes;

namespace GoGoScope.Persistence.Postgres;

/// <summary>The table of locks, and all that is said to PostgreSQL about it.</summary>
internal sealed class Table
{
    // Not now(), which is the time of the transaction's begin, and nothing that has a time zone.
    internal const string Clock = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

    /// <summary>Has the plans of prepared statements made anew, by each statement when it is used next.</summary>
    internal const string DiscardPlans = "DISCARD PLANS";

    // What is answered must be on disk, also where a user or a database is set not to wait for that. It counts for this transaction alone.
    private const string CommitToDisk = "CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', true) END";

    // Always true. A change that waits for a row which somebody keeps ends when it can have no effect any more, and its connection is free
    // again, whatever the client does. Said in the change itself, as a statement of its own would cost; it counts for the wait, which comes after
    // the conditions. A client that cancelled it might cut short a commit's wait for a synchronous standby.
    private const string WaitsInTime = $"set_config('lock_timeout', greatest(1, least($8, ($7 - {Clock}) / 1000 + 1))::text, true) IS NOT NULL";

    // A notification takes less than 8,000 bytes. Base64 makes 4 bytes of 3, a line break after every 76, and numbers are added.
    private const int LongestNews = 5_700;

    private readonly string _schema;
    private readonly string _name;
    private readonly Epoch? _epoch;
    private readonly string _toDisk;
    private readonly string _read;

    internal Table(PostgresStoreOptions options)
    {
        (_schema, _name) = (options.Schema, options.Table);
        Name = $"{Quote(_schema)}.{Quote(_name)}";
        SchemaName = Quote(_schema);
        IsUnlogged = options.Durability == PostgresDurability.Fast;
        if (IsUnlogged) _epoch = new Epoch(this, options);
        _toDisk = IsUnlogged ? "" : $", {CommitToDisk}";
        ReplaceFree = Replace("l.body IS NULL");
        ReplaceVersion = Replace("l.version = $9");
        InsertNew = Insert();
        Answer = Select();
        Notify = SelectNotify();
        _read = SelectRecord();
    }

    /// <summary>Quoted, with its schema.</summary>
    internal string Name { get; }

    /// <summary>Quoted.</summary>
    internal string SchemaName { get; }

    /// <summary>Whether it loses its rows when the server crashes.</summary>
    internal bool IsUnlogged { get; }

    /// <summary>What an unlogged table has for safety; null for one that is logged.</summary>
    internal Epoch? Epoch => _epoch;

    /// <summary>What takes a record that is there and free. Parameters: see <see cref="Replace"/>.</summary>
    internal string ReplaceFree { get; }

    /// <summary>What replaces a record of a certain version. Parameters: see <see cref="Replace"/>, and 9 that version.</summary>
    internal string ReplaceVersion { get; }

    /// <summary>What takes a record that is not there. Parameters: see <see cref="Replace"/>, and 9 the name.</summary>
    internal string InsertNew { get; }

    /// <summary>
    /// What is there now, and which process of the server says so. Parameters: 1 hash, 2 the version whose body the caller has already, 3 not after. Fails, and undoes the
    /// swap, if that had to wait for a row until it was too late.
    /// </summary>
    internal string Answer { get; }

    /// <summary>Tells who is woken, if the swap has succeeded. Parameters: 1 hash, 2 the new version, 3 channels.</summary>
    internal string Notify { get; }

    /// <summary>A record by its hash (parameter 1), which nobody changes from then on until the transaction ends.</summary>
    // The clock is outside, so that it is read after the row is locked.
    internal string ReadAndKeep =>
        $"""
        SELECT {Clock}, l.version, l.fence, l.body
          FROM (SELECT version, fence, body FROM {Name} WHERE key = $1 FOR SHARE) l
        """;

    /// <summary>A record by its hash.</summary>
    internal NpgsqlBatchCommand NewRead(byte[]? hash) => new(_read) { Parameters = { new NpgsqlParameter<byte[]> { TypedValue = hash, NpgsqlDbType = NpgsqlDbType.Bytea } } };

    /// <summary>Records that are not free, in the order of hashes. Parameters: 1 the hash after which, 2 what names begin with, 3 how many. One row if there is none.</summary>
    // That of the epoch has an empty hash.
    internal string List =>
        $"""
        SELECT {Clock}, l.version, l.fence, l.body, l.name, pg_is_in_recovery(), l.key
          FROM (VALUES (1)) AS always LEFT JOIN LATERAL (
            SELECT version, fence, body, name, key FROM {Name}
             WHERE key > $1 AND body IS NOT NULL AND substring(name FROM 1 FOR octet_length($2)) = $2 ORDER BY key LIMIT $3) l ON true
         ORDER BY l.key
        """;

    /// <summary>Deletes a thousand that nobody needs. Parameter: 1 for how long already, in microseconds.</summary>
    internal string Purge =>
        $"""
        DELETE FROM {Name} WHERE key IN (
          SELECT key FROM {Name} WHERE key <> '' AND (body IS NULL OR keep_until < {Clock} - $1) AND fence < {Clock} - $1 LIMIT 1000 FOR UPDATE SKIP LOCKED)
        """;

    /// <summary>Half of each page is kept free, so that the next state of a record finds room beside it and no index changes.</summary>
    internal string CreateTable =>
        $"""
        CREATE {(IsUnlogged ? "UNLOGGED " : "")}TABLE IF NOT EXISTS {Name} (
          key        bytea  PRIMARY KEY,  -- SHA-256 of the name
          name       bytea  NOT NULL,     -- UTF-8
          version    bigint NOT NULL,
          fence      bigint NOT NULL,
          body       bytea,               -- UTF-8; null if nobody holds it
          keep_until bigint NOT NULL      -- in microseconds since 1970
        ) WITH (fillfactor = 50)
        """;

    internal string? CreateSchema => _schema == "public" ? null : $"CREATE SCHEMA IF NOT EXISTS {SchemaName}";

    /// <summary>A number for the advisory lock under which the table is created.</summary>
    internal long CreationLock => BitConverter.ToInt64(StoredText.Hash(StoredText.Encode(Name)));

    /// <summary>The channel of a process: names of channels have at most 63 bytes, those of processes any length.</summary>
    internal string ChannelOf(string process) =>
        "gogoscope_" + Convert.ToHexStringLower(StoredText.Hash(StoredText.Encode($"{Name}\n{process}")).AsSpan(0, 20));

    internal static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Parameters: 1 hash, 2 version, 3 body, 4 tokens to draw, 5 keep until, 6 not before, 7 not after, 8 how long to wait for a row at most, in milliseconds.</summary>
    private string Replace(string isAsExpected) =>
        $"""
        UPDATE {Name} l
           SET version = $2, fence = (CASE WHEN l.body IS NULL THEN greatest(l.fence, {Clock}) ELSE l.fence END) + $4, body = $3, keep_until = $5
         WHERE l.key = $1 AND {isAsExpected} AND {Clock} >= $6 AND {Clock} < $7{_epoch?.Holds} AND {WaitsInTime}
        """;

    private string Insert() =>
        $"""
        INSERT INTO {Name} (key, name, version, fence, body, keep_until)
        SELECT $1, $9, $2, {Clock} + $4, $3, $5
         WHERE {Clock} >= $6 AND {Clock} < $7 AND NOT EXISTS (SELECT FROM {Name} WHERE key = $1){_epoch?.Holds} AND {WaitsInTime}
            ON CONFLICT (key) DO NOTHING
        """;

    // A statement of its own: it sees what was committed until now, while those before still see what was there when they began.
    // A change that has waited for a row which then was not changed has not looked at the clock again. If this transaction has
    // made it, and too late, the division by zero undoes it.
    private string Select() =>
        $"""
        SELECT {Clock}, l.version, l.fence, CASE WHEN l.version <> $2 THEN l.body END, {_epoch?.Longest ?? "NULL"}, pg_backend_pid(),
               CASE WHEN l.version = $2 AND {Clock} >= $3 AND l.xmin::text = (txid_current_if_assigned() % 4294967296)::text THEN 1 / (l.version - $2) END{_toDisk}
          FROM (VALUES (1)) AS always LEFT JOIN {Name} l ON l.key = $1
        """;

    private string SelectNotify() =>
        $"""
        SELECT pg_notify(channel, CASE WHEN octet_length(l.name) + coalesce(octet_length(l.body), 0) <= {LongestNews}
                 THEN concat_ws('|', l.version, l.fence, {Clock}, encode(l.name, 'base64'), encode(coalesce(l.body, ''), 'base64'))
                 ELSE encode(l.key, 'hex') END)
          FROM {Name} l, unnest($3) AS channel
         WHERE l.key = $1 AND l.version = $2
        """;

    private string SelectRecord() =>
        $"""
        SELECT {Clock}, l.version, l.fence, l.body, l.name, pg_is_in_recovery()
          FROM (VALUES (1)) AS always LEFT JOIN {Name} l ON l.key = $1
        """;
}
