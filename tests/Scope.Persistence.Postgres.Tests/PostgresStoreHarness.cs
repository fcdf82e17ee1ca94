using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>PostgreSQL under the contract of stores.</summary>
public class PostgresStoreHarness : LockStoreHarness
{
    private readonly string _applicationName = $"store {Guid.NewGuid():N}";
    private LocalServer? _server;
    private PostgresLockStore _store = null!;
    private PostgresLockStore _another = null!;
    private NpgsqlDataSource _direct = null!;

    public override ILockStore Store => _store;

    public override ILockStore AnotherProcess => _another;

    protected virtual PostgresStoreOptions Options => new();

    protected virtual string FurtherSettings => "";

    protected virtual string FurtherSettingsOfTheOther => "";

    public override async Task OpenAsync(bool ownServer)
    {
        if (ownServer) _server = await TestServer.Postgres.StartOwnAsync();
        var connection = _server?.Connection ?? await TestServer.Postgres.ConnectionAsync();
        _store = new PostgresLockStore($"{connection};Application Name={_applicationName};Maximum Pool Size=20;{FurtherSettings}", Options);
        _another = new PostgresLockStore($"{connection};Maximum Pool Size=20;{FurtherSettingsOfTheOther}", Options);
        _direct = NpgsqlDataSource.Create(connection);
        await _store.EnsureSchemaAsync();
    }

    public override string? WhyNot(StoreCapability capability) => capability switch
    {
        StoreCapability.UnpairedSurrogates => "the table keeps UTF-8",
        _ => null,
    };

    public override bool MayBeAskedAgain(Exception failure) => failure is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    public override async Task PlantAsync(string key, long version, long fence, string body)
    {
        var name = Encoding.UTF8.GetBytes(key);
        await using var insert = _direct.CreateCommand($"INSERT INTO \"{Options.Schema}\".\"{Options.Table}\" VALUES (sha256($1), $1, $2, $3, $4, 0)");
        insert.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = name },
            new() { Value = version },
            new() { Value = fence },
            new() { Value = body.Length == 0 ? DBNull.Value : Encoding.UTF8.GetBytes(body), NpgsqlDbType = NpgsqlDbType.Bytea },
        });
        await insert.ExecuteNonQueryAsync();
    }

    public override async Task CutWatchingAsync()
    {
        await using var cut = _direct.CreateCommand("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1 AND query LIKE 'LISTEN%'");
        cut.Parameters.AddWithValue(_applicationName);
        Assert.That(Convert.ToInt32(await cut.ExecuteScalarAsync(), CultureInfo.InvariantCulture), Is.EqualTo(1), "connections that listen");
    }

    public override async Task RestartAsync()
    {
        await StopServerAsync(_server!);
        await _server!.StartAsync();
    }

    /// <summary>The way in which it ends, that is survived.</summary>
    protected virtual Task StopServerAsync(LocalServer server) => server.KillAsync();

    public override async ValueTask DisposeAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        if (_another is not null) await _another.DisposeAsync();
        if (_direct is not null) await _direct.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class PostgresSwaps : StoreSwapContract<PostgresStoreHarness>;

public sealed class PostgresRaces : StoreRaceContract<PostgresStoreHarness>;

public sealed class PostgresFences : StoreFenceContract<PostgresStoreHarness>;

public sealed class PostgresClock : StoreClockContract<PostgresStoreHarness>;

public sealed class PostgresMany : StoreManyContract<PostgresStoreHarness>;

public sealed class PostgresNames : StoreNamesContract<PostgresStoreHarness>;

public sealed class PostgresWatching : StoreWatchContract<PostgresStoreHarness>;

public sealed class PostgresCancellation : StoreCancellationContract<PostgresStoreHarness>;

public sealed class PostgresRestart : StoreRestartContract<PostgresStoreHarness>;

public sealed class PostgresListing : StoreListingContract<PostgresStoreHarness>;
