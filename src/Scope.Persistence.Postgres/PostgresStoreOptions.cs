using System.Runtime.CompilerServices;
using System.Text;
using Npgsql;

namespace GoGoScope.Persistence.Postgres;

/// <summary>How locks are kept in PostgreSQL. Everything has a default.</summary>
/// <example>
/// <code>
/// var options = new PostgresStoreOptions { Schema = "shop", ListenDataSource = pastThePooler };
/// </code>
/// </example>
public sealed record PostgresStoreOptions
{
    internal static readonly PostgresStoreOptions Default = new();

    /// <summary>The schema of the table: "public" by default. Taken as it is written, case included.</summary>
    /// <exception cref="ArgumentException">It is empty, has a NUL, or more than 63 bytes, PostgreSQL's limit.</exception>
    public string Schema { get; init => field = Identifier(value); } = "public";

    /// <summary>The table: "gogoscope_locks" by default. Taken as it is written, case included.</summary>
    /// <exception cref="ArgumentException">It is empty, has a NUL, or more than 63 bytes, PostgreSQL's limit.</exception>
    public string Table { get; init => field = Identifier(value); } = "gogoscope_locks";

    /// <summary>
    /// Whether who waits is told by LISTEN and NOTIFY, which needs a connection that stays open: true by default. With false
    /// it has to look now and then.
    /// </summary>
    public bool Listen { get; init; } = true;

    /// <summary>
    /// Where the connection that listens comes from; the store does not dispose it. By default from where all others do, and it
    /// takes one of that pool for good. Behind a transaction pooler (PgBouncer) listening works only past the pooler.
    /// </summary>
    public NpgsqlDataSource? ListenDataSource { get; init; }

    /// <summary>
    /// Whether statements are prepared by name on each connection, which is less work for the server. False by default,
    /// because it does not work behind every transaction pooler.
    /// </summary>
    public bool PrepareStatements { get; init; }

    private static string Identifier(string value, [CallerMemberName] string name = "")
    {
        const int Longest = 63;
        ArgumentException.ThrowIfNullOrEmpty(value, name);
        if (value.Contains('\0', StringComparison.Ordinal)) throw new ArgumentException($"A name in PostgreSQL has no NUL, but this one has: \"{value}\".", name);
        // PostgreSQL cuts a longer name off, silently.
        if (Encoding.UTF8.GetByteCount(value) > Longest) throw new ArgumentException($"A name in PostgreSQL has at most {Longest} bytes, but this one has more: \"{value}\".", name);
        return value;
    }
}
