using System.Collections.Concurrent;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Events;

namespace GoGoScope.Persistence.Mongo.Tests;

/// <summary>MongoDB under the contract of stores.</summary>
public class MongoStoreHarness : LockStoreHarness
{
    private readonly ConcurrentQueue<long> _streams = new();
    private LocalServer? _server;
    private MongoClient _client = null!;
    private MongoClient _another = null!;
    private string _database = "";
    private bool _tells;

    public override ILockStore Store => field ??= new MongoLockStore(Configure(_client.GetDatabase(_database)), Options);

    public override ILockStore AnotherProcess => field ??= new MongoLockStore(_another.GetDatabase(_database), Options);

    protected virtual MongoStoreOptions Options => new();

    /// <summary>What the application has set.</summary>
    protected virtual IMongoDatabase Configure(IMongoDatabase database) => database;

    public override async Task OpenAsync(bool ownServer)
    {
        if (ownServer) _server = await TestServer.Mongo.StartOwnAsync();
        var url = new MongoUrl(_server?.Connection ?? await TestServer.Mongo.ConnectionAsync());
        _database = url.DatabaseName;
        var settings = MongoClientSettings.FromUrl(url);
        settings.ClusterConfigurator = cluster => cluster.Subscribe<CommandSucceededEvent>(done =>
        {
            if (done.CommandName == "aggregate" && done.Reply["cursor"]["id"].ToInt64() is not 0 and var id) _streams.Enqueue(id);
        });
        _client = new MongoClient(settings);
        _another = new MongoClient(url);
        await using var probe = await Store.WatchAsync("probe", new NoNews(), default);
        _tells = probe is not null;
    }

    public override string? WhyNot(StoreCapability capability) => capability switch
    {
        StoreCapability.Watching when !_tells => "a single server has no change streams",
        StoreCapability.UnpairedSurrogates => "MongoDB keeps UTF-8",
        _ => null,
    };

    public override Task PlantAsync(string key, long version, long fence, string body) => _another.GetDatabase(_database)
        .GetCollection<BsonDocument>(Options.Collection)
        .InsertOneAsync(new BsonDocument { ["_id"] = key, ["version"] = version, ["fence"] = fence, ["body"] = body, ["at"] = DateTime.UnixEpoch });

    public override async Task CutWatchingAsync()
    {
        Assert.That(_streams, Is.Not.Empty, "cursors of change streams");
        await _another.GetDatabase(_database).RunCommandAsync<BsonDocument>(new BsonDocument { ["killCursors"] = Options.Collection, ["cursors"] = new BsonArray(_streams) });
    }

    public override async Task RestartAsync()
    {
        await _server!.KillAsync();
        await _server.StartAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        _another?.Dispose();
        if (_server is not null) await _server.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private sealed class NoNews : IStoreWatcher
    {
        public void Woken(string key, StoredRecord? record)
        {
        }

        public void Missed()
        {
        }
    }
}

public sealed class MongoSwaps : StoreSwapContract<MongoStoreHarness>;

public sealed class MongoRaces : StoreRaceContract<MongoStoreHarness>;

public sealed class MongoFences : StoreFenceContract<MongoStoreHarness>;

public sealed class MongoClocks : StoreClockContract<MongoStoreHarness>;

public sealed class MongoMany : StoreManyContract<MongoStoreHarness>;

public sealed class MongoNames : StoreNamesContract<MongoStoreHarness>;

public sealed class MongoWatching : StoreWatchContract<MongoStoreHarness>;

public sealed class MongoCancellation : StoreCancellationContract<MongoStoreHarness>;

public sealed class MongoRestart : StoreRestartContract<MongoStoreHarness>;

public sealed class MongoListing : StoreListingContract<MongoStoreHarness>;
