using System.Data.Common;
using GoGoScope.Persistence.MySql;
#if WITHOUT_MYSQLCONNECTOR
using MySql.Data.MySqlClient;
using MySqlConnectorFactory = MySql.Data.MySqlClient.MySqlClientFactory;
#else
using MySqlConnector;
#endif

namespace GoGoScope.Quickstart;

/// <summary>Ledger and locks in MySQL or MariaDB, in tables whose names begin with the run's.</summary>
internal sealed class MySqlStore : SharedStore
{
    // Of the 151 connections that a server allows by default, so many for all processes.
    private const int Connections = 120;

    private readonly DbDataSource _dataSource;
    private readonly MySqlLockProvider _locks;
    private readonly MySqlLedger _ledger;
    private readonly string _run;

    private MySqlStore(DbDataSource dataSource, StoreUse use)
    {
        _dataSource = dataSource;
        _locks = new MySqlLockProvider(dataSource, new MySqlStoreOptions { Table = $"{use.Run}_locks" }, use.Leases);
        _ledger = new MySqlLedger(dataSource, use.Run);
        _run = use.Run;
    }

    public override ISharedLedger Ledger => _ledger;

    public override ILockProvider Locks => _locks;

    public static async Task<SharedStore> OpenAsync(StoreAddress url, StoreUse use)
    {
        var settings = new MySqlConnectionStringBuilder
        {
            Server = url.Host,
            Port = (uint)url.Port,
            UserID = url.User ?? "root",
            Password = url.Password ?? "",
            Database = url.Database ?? throw new BadInputException($"{url}: the URL names no database; it looks like mysql://USER@HOST:PORT/DATABASE."),
            CharacterSet = "utf8mb4",
            ConnectionTimeout = (uint)use.LongestConnect.TotalSeconds,
            MaximumPoolSize = (uint)(Connections / use.Processes),
            // A row that is written as it was counts as written.
            UseAffectedRows = false,
            // Neither ledger nor locks leave anything on a connection that the next use would trip over: a round trip less for each.
            ConnectionReset = false,
        };
        foreach (var (name, value) in url.Parameters) settings[name] = value;
        var dataSource = Open(settings.ConnectionString);
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync();
            return new MySqlStore(dataSource, use);
        }
        catch
        {
            await dataSource.DisposeAsync();
            throw;
        }
    }

    internal static DbDataSource Open(string connectionString) => MySqlConnectorFactory.Instance.CreateDataSource(connectionString);

    public override async Task CreateAsync(CancellationToken cancellationToken)
    {
        await _locks.EnsureSchemaAsync(cancellationToken);
        await _ledger.CreateAsync(cancellationToken);
    }

    public override async Task DeleteAsync()
    {
        await _ledger.DeleteAsync();
        await using var drop = _dataSource.CreateCommand($"DROP TABLE IF EXISTS {_run}_locks");
        await drop.ExecuteNonQueryAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await _locks.DisposeAsync();
        await _dataSource.DisposeAsync();
    }
}
