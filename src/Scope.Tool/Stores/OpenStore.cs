using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
#if !NO_MONGODB
using GoGoScope.Persistence.Mongo;
using MongoDB.Driver;
#endif
using GoGoScope.Persistence.MySql;
using GoGoScope.Persistence.Postgres;
using GoGoScope.Persistence.Redis;
#if WITHOUT_MYSQLCONNECTOR
using MySql.Data.MySqlClient;
#else
using MySqlConnector;
#endif
using Npgsql;
using StackExchange.Redis;

namespace GoGoScope.Tool;

/// <summary>Connects to the store that an address names.</summary>
internal static class OpenStore
{
    // For one program's lock, and for those who look.
    private const int Connections = 4;
    private const int ConnectSeconds = 5;
    private const int MillisecondsBetweenConnects = 100;

    /// <exception cref="ToolException">It can't be used.</exception>
    internal static async Task<LeasedLockProvider> AtAsync(StorePlace place, LeaseOptions leases, CancellationToken cancellationToken)
    {
        var address = place.Address;
        try
        {
            return address.Kind switch
            {
                StoreKind.File => new FileLockProvider(address.Directory, leases),
                StoreKind.Redis => await RedisAsync(place, leases).ConfigureAwait(false),
                StoreKind.Postgres => await PostgresAsync(place, leases, cancellationToken).ConfigureAwait(false),
                StoreKind.MySql => await MySqlAsync(place, leases, cancellationToken).ConfigureAwait(false),
                _ => await MongoAsync(place, leases, cancellationToken).ConfigureAwait(false),
            };
        }
        catch (RedisConnectionException e)
        {
            // Its message is for programmers.
            throw new ToolException(ExitCode.NoStore, $"{address}: can't be reached ({e.FailureType}).", e);
        }
        catch (Exception e) when (IsOfStore(e))
        {
            throw new ToolException(ExitCode.NoStore, $"{address}: {e.Message}", e);
        }
    }

    private static async Task<LeasedLockProvider> RedisAsync(StorePlace place, LeaseOptions leases)
    {
        // Not by a configuration as text, in which a name and a password can't have a comma. It is closed with the process.
        var multiplexer = await ConnectionMultiplexer.ConnectAsync(RedisOptions(place.Address)).ConfigureAwait(false);
        return new RedisLockProvider(multiplexer, place[StorePlace.KeyPrefix] is { } prefix ? new RedisStoreOptions { KeyPrefix = prefix } : null, leases);
    }

    internal static ConfigurationOptions RedisOptions(StoreAddress address)
    {
        var options = new ConfigurationOptions();
#if WITHOUT_STACKEXCHANGE_REDIS
        if (address.User is not null) throw new ToolException(ExitCode.NoStore, $"{address}: this gogoscope was built with a driver that knows no users of Redis.");
#else
        options.User = address.User;
#endif
        options.EndPoints.Add(address.Host, address.Port);
        options.Password = address.Password;
        options.Ssl = address.Address.Scheme == "rediss";
        options.DefaultDatabase = address.Database is null ? null : int.Parse(address.Database, CultureInfo.InvariantCulture);
        (options.ConnectTimeout, options.ConnectRetry) = (ConnectSeconds * 1000, 1);
        // A lease must not end because a server that was away for a moment is not asked again for five seconds.
        options.ReconnectRetryPolicy = new LinearRetry(MillisecondsBetweenConnects);
        return options;
    }

    private static async Task<LeasedLockProvider> PostgresAsync(StorePlace place, LeaseOptions leases, CancellationToken cancellationToken)
    {
        var address = place.Address;
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port,
            Username = address.User,
            Password = address.Password,
            Database = address.Database,
            Timeout = ConnectSeconds,
            MaxPoolSize = Connections,
        };
        foreach (var (name, value) in address.Parameters) settings[name] = value;
        var provider = new PostgresLockProvider(settings.ConnectionString, PostgresOptions(place), leases);
        return await PreparedAsync(provider, provider.EnsureSchemaAsync(cancellationToken)).ConfigureAwait(false);
    }

    private static PostgresStoreOptions PostgresOptions(StorePlace place)
    {
        var options = new PostgresStoreOptions();
        if (place[StorePlace.Schema] is { } schema) options = options with { Schema = schema };
        if (place[StorePlace.Table] is { } table) options = options with { Table = table };
        if (place[StorePlace.Durability] is not { } given) return options;
        return Enum.TryParse<PostgresDurability>(given, ignoreCase: true, out var durability)
            ? options with { Durability = durability }
            : throw new ArgumentException($"{StorePlace.Durability} is {nameof(PostgresDurability.Durable)} or {nameof(PostgresDurability.Fast)}, not {Said.Quoted(given)}.");
    }

    private static async Task<LeasedLockProvider> MySqlAsync(StorePlace place, LeaseOptions leases, CancellationToken cancellationToken)
    {
        var address = place.Address;
        var settings = new MySqlConnectionStringBuilder
        {
            Server = address.Host,
            Port = (uint)address.Port,
            UserID = address.User ?? "root",
            Password = address.Password ?? "",
            Database = address.Database ?? throw new ArgumentException("the address names no database; it looks like mysql://USER@HOST:PORT/DATABASE."),
            ConnectionTimeout = ConnectSeconds,
            MaximumPoolSize = Connections,
        };
        foreach (var (name, value) in address.Parameters) settings[name] = value;
        var provider = new MySqlLockProvider(settings.ConnectionString, place[StorePlace.Table] is { } table ? new MySqlStoreOptions { Table = table } : null, leases);
        return await PreparedAsync(provider, provider.EnsureSchemaAsync(cancellationToken)).ConfigureAwait(false);
    }

#if NO_MONGODB
    private static Task<LeasedLockProvider> MongoAsync(StorePlace place, LeaseOptions leases, CancellationToken cancellationToken) =>
        throw new ToolException(ExitCode.NoStore, $"{place.Address}: this gogoscope was built without MongoDB's driver.");
#else
    private static async Task<LeasedLockProvider> MongoAsync(StorePlace place, LeaseOptions leases, CancellationToken cancellationToken)
    {
        var provider = new MongoLockProvider(place.Address.Address.OriginalString, place[StorePlace.Collection] is { } collection ? new MongoStoreOptions { Collection = collection } : null, leases);
        return await PreparedAsync(provider, provider.EnsureSchemaAsync(cancellationToken)).ConfigureAwait(false);
    }
#endif

    private static async Task<LeasedLockProvider> PreparedAsync(LeasedLockProvider provider, Task preparing)
    {
        try
        {
            await preparing.ConfigureAwait(false);
            return provider;
        }
        catch
        {
            await provider.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A driver's own, the network's, the file system's, and what a driver says of a word in the address that it does not know.</summary>
    private static bool IsOfStore(Exception e) => e switch
    {
#if !NO_MONGODB
        MongoException => true,
#endif
        LockProviderException or RedisException or DbException or TimeoutException or SocketException or IOException or UnauthorizedAccessException => true,
        ArgumentException or InvalidOperationException => true,
        _ => false,
    };
}
