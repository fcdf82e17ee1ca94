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
    /// Whether waiters are notified by LISTEN and NOTIFY, which needs a connection that stays open: true by default. With false
    /// it has to look now and then.
    /// </summary>
    public bool Listen { get; init; } = true;

    /// <summary>
    /// Where the connection that listens comes from; the store does not dispose it. By default from where all others do, and it
    /// takes one of that pool for good. Behind a transaction pooler (PgBouncer) listening works only past the pooler, and where commands
    /// share connections (<c>Multiplexing=true</c>) only from another data source, without that.
    /// </summary>
    public NpgsqlDataSource? ListenDataSource { get; init; }

    /// <summary>
    /// Whether statements are prepared by name on each connection, which saves the server most of its work. Null by default: where
    /// it is safe, that is on connections whose other end is the server itself, and not a pooler that gives each transaction
    /// whatever connection is free. True: always. False: never.
    /// </summary>
    public bool? PrepareStatements { get; init; }

    /// <summary>
    /// What the server does with a lock before it is granted: <see cref="PostgresDurability.Durable"/> by default. All processes that
    /// share a table use the same, and so does whoever creates it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none of the two.</exception>
    public PostgresDurability Durability
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Durability), value, "It is Durable or Fast.");
    }

    /// <summary>
    /// With <see cref="PostgresDurability.Fast"/>: the longest lease that is granted, and so how long, and a minute more, nobody is
    /// granted anything after the server has lost its locks. More than zero; 5 minutes by default. Longer leases are refused. Choose
    /// it longer than the server's clock is ever set back, for tokens to rise all the same.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public TimeSpan LongestTimeToLive
    {
        get;
        init => field = value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(LongestTimeToLive), value, "It must be more than zero.");
    } = TimeSpan.FromMinutes(5);

    /// <summary>A record in which somebody waits is kept for so much longer than the leases in it.</summary>
    internal TimeSpan KeptAfterLeases { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>By which plans of prepared statements get old.</summary>
    internal TimeProvider TimeProvider { get; init; } = TimeProvider.System;

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
