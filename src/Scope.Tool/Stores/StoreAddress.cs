using System.Globalization;

namespace GoGoScope;

/// <summary>
/// Where a store of locks is: <c>file:///directory</c>, <c>redis://host</c>, <c>postgres://user@host/database</c>,
/// <c>mysql://user@host/database</c> or <c>mongodb://host/database</c>.
/// </summary>
internal sealed record StoreAddress
{
    /// <summary>What an address looks like.</summary>
    public const string Forms =
        "file:///DIRECTORY, redis://HOST:PORT, postgres://USER@HOST:PORT/DATABASE, mysql://USER@HOST:PORT/DATABASE or mongodb://HOST:PORT/DATABASE";

    /// <summary>What would be right where an address <see cref="IsTorn"/>.</summary>
    public const string Escapes = "In a name or a password, ?, #, / and @ are written %3F, %23, %2F and %40.";

    private StoreAddress(Uri address, StoreKind kind)
    {
        Kind = kind;
        Address = address;
        Port = address.Port > 0 ? address.Port : DefaultPort;
        var user = address.UserInfo.Split(':', 2);
        User = user[0] is "" ? null : Uri.UnescapeDataString(user[0]);
        Password = user.Length < 2 ? null : Uri.UnescapeDataString(user[1]);
        Database = address.AbsolutePath.Trim('/') is "" ? null : Uri.UnescapeDataString(address.AbsolutePath.Trim('/'));
    }

    public Uri Address { get; }

    public StoreKind Kind { get; }

    public string Host => Address.DnsSafeHost;

    public int Port { get; }

    public string? User { get; }

    public string? Password { get; }

    /// <summary>The name of the database, or its number in Redis.</summary>
    public string? Database { get; }

    /// <summary>The directory of a file store.</summary>
    public string Directory => Address.LocalPath;

    /// <summary>What follows the question mark: further words of the driver's own, such as <c>sslmode=require</c>.</summary>
    public IEnumerable<KeyValuePair<string, string>> Parameters =>
        from parameter in Address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        let pair = parameter.Split('=', 2)
        select KeyValuePair.Create(Uri.UnescapeDataString(pair[0]), pair.Length < 2 ? "" : Uri.UnescapeDataString(pair[1]));

    /// <summary>The address of a file store.</summary>
    public static StoreAddress OfDirectory(string directory) => new(new Uri($"file://{Uri.EscapeDataString(directory).Replace("%2F", "/", StringComparison.Ordinal)}"), StoreKind.File);

    /// <summary>Null if <paramref name="text"/> is none of the <see cref="Forms"/>.</summary>
    public static StoreAddress? TryParse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address)) return null;
        if (address.Scheme == "file")
            return text.StartsWith("file:///", StringComparison.Ordinal) && address.LocalPath.Length > 1 && (address.Query + address.Fragment).Length == 0 ? new(address, StoreKind.File) : null;
        if (address.Host.Length == 0 || IsTorn(text)) return null;
        return address.Scheme switch
        {
            "postgres" or "postgresql" => new(address, StoreKind.Postgres),
            "mysql" or "mariadb" => new(address, StoreKind.MySql),
            "mongodb" when address.AbsolutePath.Trim('/') is { Length: > 0 } database && !database.Contains('/', StringComparison.Ordinal) => new(address, StoreKind.Mongo),
            "redis" or "rediss" when HasNumberOrNothing(address.AbsolutePath) && address.Query.Length == 0 => new(address, StoreKind.Redis),
            _ => null,
        };
    }

    /// <summary>
    /// Whether <paramref name="text"/> has in it what can only be the rest of a password that ends too early, because ?, #, / or @ stand in it as they
    /// are; its beginning is taken for a host and a port. That is a fragment, a word without a name behind the question mark, or an @ in the path, or in such a word if there is no path.
    /// </summary>
    public static bool IsTorn(string text)
    {
        if (text.Contains('#', StringComparison.Ordinal)) return true;
        var (place, words) = text.Split('?', 2) is [var before, var behind] ? (before, behind) : (text, "");
        if (words.Split('&', StringSplitOptions.RemoveEmptyEntries).Any(word => word.Split('=', 2) is not [{ Length: > 0 }, _])) return true;
        // A backslash ends the host as well.
        var path = place.Replace('\\', '/').Split("://", 2) is [_, var rest] && rest.Split('/', 2) is [_, var found] ? found : words;
        return path.Contains('@', StringComparison.Ordinal);
    }

    /// <summary>For people, without the password.</summary>
    public override string ToString() => Kind == StoreKind.File ? $"files in {Directory}" : $"{ServerName} at {Host}:{Port}";

    private int DefaultPort => Kind switch
    {
        StoreKind.Redis => 6379,
        StoreKind.Postgres => 5432,
        StoreKind.Mongo => 27017,
        StoreKind.MySql => 3306,
        _ => 0,
    };

    private string ServerName => Kind switch
    {
        StoreKind.Redis => "Redis",
        StoreKind.Postgres => "PostgreSQL",
        StoreKind.Mongo => "MongoDB",
        _ => Address.Scheme == "mariadb" ? "MariaDB" : "MySQL",
    };

    private static bool HasNumberOrNothing(string path) =>
        path.Trim('/') is var name && (name.Length == 0 || int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _));
}

/// <summary>What kind of store it is.</summary>
internal enum StoreKind
{
    File,
    Redis,
    Postgres,
    MySql,
    Mongo,
}
