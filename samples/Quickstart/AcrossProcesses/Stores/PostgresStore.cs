using GoGoScope.Persistence.Postgres;
using Npgsql;

namespace GoGoScope.Quickstart;

/// <summary>Ledger and locks in PostgreSQL, in a schema that has the run's name.</summary>
internal sealed class PostgresStore : SharedStore
{
    // Of the 100 connections that a server allows by default, so many for all processes.
    private const int Connections = 80;

    private readonly NpgsqlDataSource _dataSource;
    private readonly PostgresLockProvider _locks;
    private readonly PostgresLedger _ledger;
    private readonly string _run;

    private PostgresStore(NpgsqlDataSource dataSource, StoreUse use)
    {
        _dataSource = dataSource;
        _locks = new PostgresLockProvider(dataSource, new PostgresStoreOptions { Schema = use.Run }, use.Leases);
        _ledger = new PostgresLedger(dataSource, use.Run);
        _run = use.Run;
    }

    public override ISharedLedger Ledger => _ledger;

    public override ILockProvider Locks => _locks;

    public static async Task<SharedStore> OpenAsync(StoreAddress url, StoreUse use)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = url.Host,
            Port = url.Port,
            Username = url.User,
            Password = url.Password,
            Database = url.Database,
            Timeout = (int)use.LongestConnect.TotalSeconds,
            MaxPoolSize = Connections / use.Processes,
        };
        foreach (var (name, value) in url.Parameters) settings[name] = value;
        var dataSource = NpgsqlDataSource.Create(settings);
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync();
            return new PostgresStore(dataSource, use);
        }
        catch
        {
            await dataSource.DisposeAsync();
            throw;
        }
    }

    public override async Task CreateAsync(CancellationToken cancellationToken)
    {
        // The schema, with the locks' table in it.
        await _locks.EnsureSchemaAsync(cancellationToken);
        await _ledger.CreateAsync(cancellationToken);
    }

    public override async Task DeleteAsync()
    {
        await using var drop = _dataSource.CreateCommand($"DROP SCHEMA IF EXISTS {_run} CASCADE");
        await drop.ExecuteNonQueryAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await _locks.DisposeAsync();
        await _dataSource.DisposeAsync();
    }
}
