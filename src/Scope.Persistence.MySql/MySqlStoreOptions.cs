using System.Runtime.CompilerServices;

namespace GoGoScope.Persistence.MySql;

/// <summary>How locks are kept in MySQL or MariaDB. Everything has a default.</summary>
/// <example>
/// <code>
/// var options = new MySqlStoreOptions { Database = "locks", Table = "shop_locks" };
/// </code>
/// </example>
public sealed record MySqlStoreOptions
{
    internal static readonly MySqlStoreOptions Default = new();

    /// <summary>The database of the table; null by default, which is the one that the connection names.</summary>
    /// <exception cref="ArgumentException">It is empty, ends with a blank, has a NUL, a character beyond U+FFFF, or more than 64 characters, the server's limits.</exception>
    public string? Database { get; init => field = value is null ? null : Identifier(value); }

    /// <summary>The table: "gogoscope_locks" by default. Case counts where it does for the server.</summary>
    /// <exception cref="ArgumentException">It is empty, ends with a blank, has a NUL, a character beyond U+FFFF, or more than 64 characters, the server's limits.</exception>
    public string Table { get; init => field = Identifier(value); } = "gogoscope_locks";

    /// <summary>
    /// Whether a swap is prepared on each connection and then found there by its name, on MariaDB, which takes about a fifth less time where
    /// nothing waits for the disk. Null by default: on connections that the store makes itself, with MySqlConnector. True: on given ones too, which need a
    /// driver that prepares at the server and connections that are not reset (<c>ConnectionReset=false</c>), or each swap is prepared
    /// again. False: never. What refuses it, the server or a proxy, is not asked again.
    /// </summary>
    public bool? PrepareStatements { get; init; }

    /// <summary>Whether it is spoken to as if no upsert could answer with the row, whatever the server is.</summary>
    internal bool WithoutReturning { get; init; }

    private static string Identifier(string value, [CallerMemberName] string name = "")
    {
        const int Longest = 64;
        ArgumentException.ThrowIfNullOrEmpty(value, name);
        if (value.Contains('\0', StringComparison.Ordinal) || value.Any(char.IsSurrogate))
            throw new ArgumentException($"A name in MySQL has no NUL and no character beyond U+FFFF, but this one has: \"{value}\".", name);
        if (value[^1] == ' ') throw new ArgumentException($"A name in MySQL does not end with a blank, but this one does: \"{value}\".", name);
        if (value.Length > Longest) throw new ArgumentException($"A name in MySQL has at most {Longest} characters, but this one has more: \"{value}\".", name);
        return value;
    }
}
