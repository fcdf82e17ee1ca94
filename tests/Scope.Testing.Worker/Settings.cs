using System.Globalization;
#if !NO_MONGODB
using GoGoScope.Persistence.Mongo;
#endif
using GoGoScope.Persistence.MySql;
using GoGoScope.Persistence.Postgres;
using GoGoScope.Persistence.Redis;

namespace GoGoScope.Testing.Worker;

/// <summary>What the command line says: <c>name=value</c> each.</summary>
internal sealed record Settings
{
    private string Store { get; init; } = "";

    private string Connection { get; init; } = "";

    // A machine that is too busy for a while is no store that is away.
    private LeaseOptions Leases { get; init; } = new() { StoreTimeout = TimeSpan.FromSeconds(20) };

    internal static Settings Parse(IEnumerable<string> arguments)
    {
        var settings = new Settings();
        foreach (var argument in arguments)
        {
            var (name, value) = argument.IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? (argument[..at], argument[(at + 1)..]) : (argument, "");
            settings = name switch
            {
                "store" => settings with { Store = value },
                "connection" => settings with { Connection = value },
                "liveness" => settings with { Leases = settings.Leases with { Liveness = Milliseconds(value) } },
                "safety-poll" => settings with { Leases = settings.Leases with { SafetyPoll = Milliseconds(value) } },
                "clock-ahead" => settings with { Leases = settings.Leases with { TimeProvider = new WrongClock(Milliseconds(value)) } },
                _ => throw new ArgumentException($"There is no setting {name}."),
            };
        }
        return settings;
    }

    /// <summary>The provider. Without a store it is the one in this process, which excludes nobody else.</summary>
    internal async Task<ILockProvider> OpenAsync() => Store switch
    {
        "redis" => await RedisLockProvider.ConnectAsync(Connection, leases: Leases),
#if !NO_MONGODB
        "mongodb" => new MongoLockProvider(Connection, leases: Leases),
#endif
        "postgres" => new PostgresLockProvider(Connection, leases: Leases),
        "file" => new FileLockProvider(Connection, Leases),
        "mysql" => new MySqlLockProvider(Connection, leases: Leases),
        "memory" => InMemoryLockProvider.Shared,
        _ => throw new ArgumentException($"There is no store \"{Store}\"."),
    };

    private static TimeSpan Milliseconds(string text) => TimeSpan.FromMilliseconds(double.Parse(text, CultureInfo.InvariantCulture));
}
