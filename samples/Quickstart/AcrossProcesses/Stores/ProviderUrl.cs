using System.Globalization;

namespace GoGoScope.Quickstart;

/// <summary>Where the store is that the processes share: <c>redis://host</c>, <c>postgres://user@host/database</c>, <c>mysql://user@host/database</c> or <c>mongodb://host/database</c>.</summary>
internal sealed record ProviderUrl
{
    public const string Forms = "redis://HOST:PORT, postgres://USER@HOST:PORT/DATABASE, mysql://USER@HOST:PORT/DATABASE or mongodb://HOST:PORT/DATABASE";

    private ProviderUrl(Uri address, ServerKind kind)
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

    public ServerKind Kind { get; }

    public string Host => Address.DnsSafeHost;

    public int Port { get; }

    public string? User { get; }

    public string? Password { get; }

    /// <summary>The name of the database, or its number in Redis.</summary>
    public string? Database { get; }

    /// <summary>What follows the question mark: further words of the driver's own, such as <c>sslmode=require</c>.</summary>
    public IEnumerable<KeyValuePair<string, string>> Parameters =>
        from parameter in Address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        let pair = parameter.Split('=', 2)
        select KeyValuePair.Create(Uri.UnescapeDataString(pair[0]), pair.Length < 2 ? "" : Uri.UnescapeDataString(pair[1]));

    /// <summary>Null if <paramref name="text"/> is none of the <see cref="Forms"/>.</summary>
    public static ProviderUrl? TryParse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Host.Length == 0) return null;
        return address.Scheme switch
        {
            "postgres" or "postgresql" => new(address, ServerKind.Postgres),
            "mysql" or "mariadb" => new(address, ServerKind.MySql),
            "mongodb" when address.AbsolutePath.Trim('/') is { Length: > 0 } database && !database.Contains('/', StringComparison.Ordinal) => new(address, ServerKind.Mongo),
            "redis" or "rediss" when HasNumberOrNothing(address.AbsolutePath) && address.Query.Length == 0 => new(address, ServerKind.Redis),
            _ => null,
        };
    }

    /// <summary>For people, without the password.</summary>
    public override string ToString() => $"{ServerName} at {Host}:{Port}";

    private int DefaultPort => Kind switch
    {
        ServerKind.Redis => 6379,
        ServerKind.Postgres => 5432,
        ServerKind.Mongo => 27017,
        _ => 3306,
    };

    private string ServerName => Kind switch
    {
        ServerKind.Redis => "Redis",
        ServerKind.Postgres => "PostgreSQL",
        ServerKind.Mongo => "MongoDB",
        _ => Address.Scheme == "mariadb" ? "MariaDB" : "MySQL",
    };

    private static bool HasNumberOrNothing(string path) =>
        path.Trim('/') is var name && (name.Length == 0 || int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _));
}

/// <summary>What kind of server it is.</summary>
internal enum ServerKind
{
    Redis,
    Postgres,
    MySql,
    Mongo,
}
