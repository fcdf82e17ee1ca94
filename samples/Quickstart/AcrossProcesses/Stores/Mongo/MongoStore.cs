using GoGoScope.Persistence.Mongo;
using MongoDB.Driver;

namespace GoGoScope.Quickstart;

/// <summary>Ledger and locks in MongoDB, in collections that have the run's name.</summary>
internal sealed class MongoStore : SharedStore
{
    private readonly MongoClient _client;
    private readonly IMongoDatabase _database;
    private readonly MongoLockProvider _locks;
    private readonly MongoLedger _ledger;
    private readonly string _run;

    private MongoStore(MongoClient client, string database, StoreUse use)
    {
        _client = client;
        _database = client.GetDatabase(database);
        _locks = new MongoLockProvider(_database, new MongoStoreOptions { Collection = $"{use.Run}_locks" }, use.Leases);
        _ledger = new MongoLedger(_database, $"{use.Run}_books");
        _run = use.Run;
    }

    public override ISharedLedger Ledger => _ledger;

    public override ILockProvider Locks => _locks;

    public static async Task<SharedStore> OpenAsync(StoreAddress url, StoreUse use)
    {
        var settings = MongoClientSettings.FromConnectionString(url.Address.OriginalString);
        (settings.ServerSelectionTimeout, settings.ConnectTimeout) = (use.LongestConnect, use.LongestConnect);
        var client = new MongoClient(settings);
        try
        {
            await client.GetDatabase(url.Database).RunCommandAsync<object>("{ ping: 1 }");
            return new MongoStore(client, url.Database!, use);
        }
        catch (TimeoutException)
        {
            // Its message is for programmers, and a page long.
            client.Dispose();
            throw new BadInputException($"{url}: can't be reached.");
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public override async Task CreateAsync(CancellationToken cancellationToken)
    {
        await _locks.EnsureSchemaAsync(cancellationToken);
        await _ledger.CreateAsync(cancellationToken);
    }

    public override async Task DeleteAsync()
    {
        await _database.DropCollectionAsync($"{_run}_locks");
        await _database.DropCollectionAsync($"{_run}_books");
    }

    public override async ValueTask DisposeAsync()
    {
        await _locks.DisposeAsync();
        _client.Dispose();
    }
}
