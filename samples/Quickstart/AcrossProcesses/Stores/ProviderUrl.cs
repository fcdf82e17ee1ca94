using System.Globalization;

namespace GoGoScope.Quickstart;

/// <summary>Where the store is that the processes share: <c>redis://host</c> or <c>postgres://user@host/database</c>.</summary>
internal sealed record ProviderUrl
{
    public const string Forms = "redis://HOST:PORT or postgres://USER@HOST:PORT/DATABASE";

    private const int RedisPort = 6379;
    private const int PostgresPort = 5432;

    private ProviderUrl(Uri address, bool isRedis)
    {
        IsRedis = isRedis;
        Address = address;
        Port = address.Port > 0 ? address.Port : isRedis ? RedisPort : PostgresPort;
        var user = address.UserInfo.Split(':', 2);
        User = user[0] is "" ? null : Uri.UnescapeDataString(user[0]);
        Password = user.Length < 2 ? null : Uri.UnescapeDataString(user[1]);
        Database = address.AbsolutePath.Trim('/') is "" ? null : Uri.UnescapeDataString(address.AbsolutePath.Trim('/'));
    }

    public Uri Address { get; }

    public bool IsRedis { get; }

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

    /// <summary>Null if <paramref name="text"/> is neither of the two <see cref="Forms"/>.</summary>
    public static ProviderUrl? TryParse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Host.Length == 0) return null;
        return address.Scheme switch
        {
            "postgres" or "postgresql" => new(address, isRedis: false),
            "redis" or "rediss" when HasNumberOrNothing(address.AbsolutePath) && address.Query.Length == 0 => new(address, isRedis: true),
            _ => null,
        };
    }

    /// <summary>For people, without the password.</summary>
    public override string ToString() => $"{(IsRedis ? "Redis" : "PostgreSQL")} at {Host}:{Port}";

    private static bool HasNumberOrNothing(string path) =>
        path.Trim('/') is var name && (name.Length == 0 || int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _));
}
