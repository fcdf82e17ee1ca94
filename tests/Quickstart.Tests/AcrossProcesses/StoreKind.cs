using System.Data.Common;
#if !NO_MONGODB
using MongoDB.Driver;
#endif
using Npgsql;
using StackExchange.Redis;

namespace GoGoScope.Quickstart.Tests;

/// <summary>The stores that the tests run on, each with what a test has to know of it.</summary>
public sealed class StoreKind
{
    // Nobody loses a lock because the machine stands still.
    private static readonly LeaseOptions PatientLeases = new() { DefaultTimeToLive = TimeSpan.FromMinutes(5), Liveness = TimeSpan.FromMinutes(5), StoreTimeout = TimeSpan.FromSeconds(30) };

    private readonly Func<Task<string>> _connection;
    private readonly Func<string, string> _url;
    private readonly Func<string, Task<long>> _countLeft;
    private readonly string _name;

    private StoreKind(string name, Func<Task<string>> connection, Func<string, string> url, Func<string, Task<long>> countLeft) =>
        (_name, _connection, _url, _countLeft) = (name, connection, url, countLeft);

    public static StoreKind Files { get; } = new("files", () => Task.FromResult(RunSetUp.StoreDirectory), directory => $"file://{directory}", CountDirectoriesAsync);

    public static StoreKind Redis { get; } = new("Redis", TestServer.Redis.ConnectionAsync, connection => $"redis://{connection}", CountKeysAsync);

    public static StoreKind Postgres { get; } = new("PostgreSQL", TestServer.Postgres.ConnectionAsync, UrlOfPostgres, CountSchemasAsync);

    public static StoreKind MariaDb { get; } = new("MariaDB", TestServer.MariaDb.ConnectionAsync, UrlOfMariaDb, CountTablesAsync);

#if !NO_MONGODB
    public static StoreKind Mongo { get; } = new("MongoDB", TestServer.Mongo.ConnectionAsync, connection => connection, CountCollectionsAsync);
#endif

    /// <summary>Those whose drivers could be restored.</summary>
    public static StoreKind[] All { get; } =
    [
        Files,
        Redis,
        Postgres,
#if !WITHOUT_MYSQLCONNECTOR
        MariaDb,
#endif
#if !NO_MONGODB
        Mongo,
#endif
    ];

    /// <summary>What <c>--provider</c> takes.</summary>
    public async Task<string> UrlAsync() => _url(await _connection());

    /// <summary>How many things of ledgers are in the store.</summary>
    public async Task<long> CountLeftAsync() => await _countLeft(await _connection());

    /// <summary>An empty place for a run, which is deleted with it.</summary>
    internal async Task<TemporaryStore> CreateAsync()
    {
        var store = await SharedStore.ConnectAsync(StoreAddress.TryParse(await UrlAsync())!, new StoreUse(SharedStore.NewRun(), Processes: 8) { Leases = PatientLeases });
        await store.CreateAsync(CancellationToken.None);
        return new TemporaryStore(store);
    }

    public override string ToString() => _name;

    private static string UrlOfPostgres(string connection)
    {
        var given = new NpgsqlConnectionStringBuilder(connection);
        var password = given.Password is { } secret ? $":{Uri.EscapeDataString(secret)}" : "";
        return $"postgres://{Uri.EscapeDataString(given.Username!)}{password}@{given.Host}:{given.Port}/{Uri.EscapeDataString(given.Database!)}";
    }

    private static string UrlOfMariaDb(string connection)
    {
        var given = new DbConnectionStringBuilder { ConnectionString = connection };
        var password = given.TryGetValue("Password", out var secret) ? $":{Uri.EscapeDataString($"{secret}")}" : "";
        return $"mariadb://{Uri.EscapeDataString($"{given["User ID"]}")}{password}@{given["Server"]}:{given["Port"]}/{Uri.EscapeDataString($"{given["Database"]}")}";
    }

    private static Task<long> CountDirectoriesAsync(string directory) => Task.FromResult((long)Directory.EnumerateFileSystemEntries(directory).Count());

    // Of locks of workers that were killed, leases may be left.
    private static async Task<long> CountKeysAsync(string connection)
    {
        using var redis = await ConnectionMultiplexer.ConnectAsync(connection);
        return redis.GetEndPoints().SelectMany(server => redis.GetServer(server).Keys(pattern: "{quickstart_*")).Count(key => !$"{key}".Contains(":locks:"));
    }

    private static async Task<long> CountTablesAsync(string connection)
    {
        await using var database = MySqlStore.Open(connection);
        await using var count = database.CreateCommand("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE 'quickstart\\_%'");
        return (long)(await count.ExecuteScalarAsync())!;
    }

    private static async Task<long> CountSchemasAsync(string connection)
    {
        await using var database = NpgsqlDataSource.Create(connection);
        await using var count = database.CreateCommand("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'quickstart_%'");
        return (long)(await count.ExecuteScalarAsync())!;
    }

#if !NO_MONGODB
    private static async Task<long> CountCollectionsAsync(string connection)
    {
        var url = new MongoUrl(connection);
        using var client = new MongoClient(url);
        using var names = await client.GetDatabase(url.DatabaseName).ListCollectionNamesAsync();
        return (await names.ToListAsync()).Count(name => name.StartsWith("quickstart_", StringComparison.Ordinal));
    }
#endif
}

/// <summary>A place for a run in a store, for one test.</summary>
internal sealed class TemporaryStore(SharedStore store) : IAsyncDisposable
{
    public ISharedLedger Ledger => store.Ledger;

    public ILockProvider Locks => store.Locks;

    public async ValueTask DisposeAsync()
    {
        await store.DeleteAsync();
        await store.DisposeAsync();
    }
}
