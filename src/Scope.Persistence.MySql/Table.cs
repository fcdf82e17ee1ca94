namespace GoGoScope.Persistence.MySql;

/// <summary>The table of locks, and all that is said to the server about it.</summary>
internal sealed class Table
{
    // What the session's time zone is doesn't matter: it is UTC at the begin of the statement, and the time since then, which is
    // what two local times differ by. They may also differ by a change to summer time in between, which is a multiple of half an hour.
    internal const string Clock =
        "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) + MOD(TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) + 87300000000, 1800000000) - 900000000)";

    /// <summary>The same, and less work, in a statement whose time zone is UTC, whatever the session has set the begin of the statement to.</summary>
    internal const string ClockOfUtc = "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', SYSDATE(6))";

    // 0 or OFF: there are servers with more kinds of it.
    internal const string IsReadOnly = "CONCAT(@@global.read_only) NOT IN ('0', 'OFF')";

    // 1 or ON.
    private const string LogsStatements = "CONCAT(@@global.log_bin) IN ('1', 'ON') AND @@session.binlog_format = 'STATEMENT'";

    internal Table(MySqlStoreOptions options, bool prepares = false)
    {
        (Database, TableName) = (options.Database, options.Table);
        (WithoutReturning, Prepares) = (options.WithoutReturning, prepares);
        Name = Database is null ? Quote(TableName) : $"{Quote(Database)}.{Quote(TableName)}";
        (Alone, Returning, Selecting) = (SwapText.Alone(Name), SwapText.Returning(Name), SwapText.Selecting(Name));
    }

    /// <summary>As the options say; null for that of the connection.</summary>
    internal string? Database { get; }

    /// <summary>Without its database, and not quoted.</summary>
    internal string TableName { get; }

    /// <summary>Quoted, with its database.</summary>
    internal string Name { get; }

    /// <summary>See <see cref="MySqlStoreOptions.WithoutReturning"/>.</summary>
    internal bool WithoutReturning { get; }

    /// <summary>Whether statements are prepared, as long as the server has nothing against it.</summary>
    internal bool Prepares { get; }

    /// <summary>A swap that is sent without a transaction around it, for servers whose upserts can answer.</summary>
    internal SwapText Alone { get; }

    /// <summary>A swap in a transaction, for the same servers.</summary>
    internal SwapText Returning { get; }

    /// <summary>A swap, for other servers.</summary>
    internal SwapText Selecting { get; }

    /// <summary>Names are found by a hash, since no index takes the long ones; the engine must know transactions.</summary>
    internal string CreateTable =>
        $"""
        CREATE TABLE IF NOT EXISTS {Name} (
          id         binary(32) NOT NULL PRIMARY KEY COMMENT 'SHA-256 of the name',
          name       mediumblob NOT NULL             COMMENT 'UTF-8',
          version    bigint     NOT NULL,
          attempt    bigint     NOT NULL             COMMENT 'the number of the statement that has written the record',
          fence      bigint     NOT NULL,
          `body`     longblob                        COMMENT 'UTF-8; null if nobody holds it',
          keep_until bigint     NOT NULL             COMMENT 'in microseconds since 1970'
        ) ENGINE=InnoDB
        """;

    internal string? CreateDatabase => Database is null ? null : $"CREATE DATABASE IF NOT EXISTS {Quote(Database)}";

    /// <summary>
    /// What there is to know of the server and the session: version, whether a statement is a transaction by itself, read-only, whether there is the
    /// database, the engine of the table, and whether it tells its replicas statements. Texts come as bytes: some drivers don't know the name that a server has for its character set. What
    /// stands in <c>/*M!</c> is read by MariaDB alone. The second statement does nothing, but shows that there may be one.
    /// </summary>
    internal string LookAtServer =>
        $"""
        SELECT CAST(VERSION() AS BINARY), @@session.autocommit /*M! AND @@in_transaction = 0 */, {IsReadOnly},
               {(Database is null ? "DATABASE() IS NOT NULL" : $"EXISTS (SELECT * FROM information_schema.schemata WHERE {IsCalled("schema_name", Database)})")},
               (SELECT CAST(MAX(engine) AS BINARY) FROM information_schema.tables
                 WHERE table_schema = {(Database is null ? "DATABASE()" : Literal.Of(Database))} AND {IsCalled("table_name", TableName)}),
               {LogsStatements};
        DO 0
        """;

    /// <summary>The record of a hash: clock, version, fence, body, whether the server is read-only.</summary>
    internal string Read(Server server, byte[] hash) =>
        $"SELECT {server.Clock}, l.version, l.fence, l.`body`, {IsReadOnly} FROM (SELECT 1) AS always LEFT JOIN {Name} l ON l.id = {Literal.Of(hash)}";

    /// <summary>Records that are not free and whose names begin with <paramref name="prefix"/>, in the order of hashes, after <paramref name="last"/>.</summary>
    internal string List(Server server, byte[] prefix, byte[] last, int count) =>
        $"""
        SELECT {server.Clock}, version, fence, `body`, {IsReadOnly}, name, id FROM {Name}
         WHERE id > {Literal.Of(last)} AND `body` IS NOT NULL AND LEFT(name, {Literal.Of(prefix.Length)}) = {Literal.Of(prefix)} ORDER BY id LIMIT {Literal.Of(count)}
        """;

    /// <summary>Some that nobody has needed for so long, after <paramref name="last"/>: their hashes.</summary>
    internal string FindUnused(Server server, long microseconds, byte[] last) =>
        $"SELECT id FROM {Name} WHERE id > {Literal.Of(last)} AND {IsUnused(server, microseconds)} ORDER BY id LIMIT 200";

    /// <summary>Deletes them, each if that is still so. One by one: asked for many, the server looks at all rows, and waits for those in use.</summary>
    internal string DeleteUnused(Server server, long microseconds, IEnumerable<byte[]> hashes) =>
        string.Join(";\n", hashes.Select(hash => $"{server.ForOne}DELETE FROM {Name} WHERE id = {Literal.Of(hash)} AND {IsUnused(server, microseconds)}"));

    internal InvalidOperationException ReadOnly(Exception? inner = null) =>
        new($"The server of {Name} is read-only, a replica perhaps, and locks have to be written: connect to the primary.", inner);

    internal InvalidOperationException BinaryLogFormat(Exception? inner = null) =>
        new($"The server can't replicate changes of {Name}, because binlog_format is STATEMENT: set it to MIXED or ROW.", inner);

    internal InvalidOperationException OneByOne(Exception inner) =>
        new($"Several statements in one text were refused, and changes of {Name} are such texts: let the driver send them, as MySqlConnector does, and MySql.Data unless AllowBatch=false.", inner);

    internal InvalidOperationException NoDatabase(Exception? inner = null) =>
        new($"The connection names no database for {Name}: add Database=… to the connection string, or set {nameof(MySqlStoreOptions)}.{nameof(MySqlStoreOptions.Database)}.", inner);

    private static string IsUnused(Server server, long microseconds) =>
        $"(`body` IS NULL OR keep_until < {server.Clock} - {Literal.Of(microseconds)}) AND fence < {server.Clock} - {Literal.Of(microseconds)}";

    // Collations take different names for the same; where case doesn't count the server keeps them in lower case.
    private static string IsCalled(string column, string name) =>
        $"CAST({AsKept(column)} AS BINARY) = CAST({AsKept(Literal.Of(name))} AS BINARY)";

    private static string AsKept(string name) => $"IF(@@lower_case_table_names = 0, {name}, LOWER({name}))";

    private static string Quote(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";
}
