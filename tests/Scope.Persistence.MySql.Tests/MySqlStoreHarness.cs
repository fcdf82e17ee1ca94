using System.Data.Common;
using System.Text;

namespace GoGoScope.Persistence.MySql.Tests;

/// <summary>MariaDB under the contract of stores.</summary>
public class MySqlStoreHarness : LockStoreHarness
{
    private readonly List<DbDataSource> _given = [];
    private LocalServer? _server;
    private MySqlLockStore _store = null!;
    private MySqlLockStore _another = null!;
    private DbDataSource _direct = null!;

    public override ILockStore Store => _store;

    public override ILockStore AnotherProcess => _another;

    protected virtual MySqlStoreOptions Options => new();

    protected virtual MySqlLockStore Open(string connection, bool isTheOther) => new(Settings.With(connection, ("Maximum Pool Size", 20)), Options);

    /// <summary>On connections of the driver's, each of which gets these settings when it is opened.</summary>
    private protected MySqlLockStore OpenWith(string settings, string connection)
    {
        var source = new SessionDataSource(Driver.OpenOwn(connection), settings);
        _given.Add(source);
        return new MySqlLockStore(source, Options);
    }

    public override async Task OpenAsync(bool ownServer)
    {
        if (ownServer) _server = await TestServer.MariaDb.StartOwnAsync();
        var connection = _server?.Connection ?? await TestServer.MariaDb.ConnectionAsync();
        _store = Open(connection, isTheOther: false);
        _another = Open(connection, isTheOther: true);
        _direct = Driver.Open(connection);
        await _store.EnsureSchemaAsync();
    }

    public override string? WhyNot(StoreCapability capability) => capability switch
    {
        StoreCapability.UnpairedSurrogates => "the table keeps UTF-8",
        StoreCapability.Watching => "the server can't tell anybody anything",
        _ => null,
    };

    public override bool MayBeAskedAgain(Exception failure) => Settings.HasWaitedForARow(failure);

    public override async Task PlantAsync(string key, long version, long fence, string body)
    {
        var name = Encoding.UTF8.GetBytes(key);
        var text = body.Length == 0 ? null : Encoding.UTF8.GetBytes(body);
        await _direct.ExecuteAsync(
            $"INSERT INTO {new Table(Options).Name} (id, name, version, attempt, fence, body, keep_until) VALUES (UNHEX(SHA2({Literal.Of(name)}, 256)), {Literal.Of(name)}, {version}, 0, {fence}, {Literal.Of(text)}, 0)");
    }

    public override async Task RestartAsync()
    {
        await _server!.KillAsync();
        await _server!.StartAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        if (_another is not null) await _another.DisposeAsync();
        foreach (var source in _given) await source.DisposeAsync();
        if (_direct is not null) await _direct.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class MySqlSwaps : StoreSwapContract<MySqlStoreHarness>;

public sealed class MySqlRaces : StoreRaceContract<MySqlStoreHarness>;

public sealed class MySqlFences : StoreFenceContract<MySqlStoreHarness>;

public sealed class MySqlClock : StoreClockContract<MySqlStoreHarness>;

public sealed class MySqlMany : StoreManyContract<MySqlStoreHarness>;

public sealed class MySqlNames : StoreNamesContract<MySqlStoreHarness>;

public sealed class MySqlWatching : StoreWatchContract<MySqlStoreHarness>;

public sealed class MySqlCancellation : StoreCancellationContract<MySqlStoreHarness>;

public sealed class MySqlRestart : StoreRestartContract<MySqlStoreHarness>;

public sealed class MySqlListing : StoreListingContract<MySqlStoreHarness>;
