using System.Globalization;
using GoGoScope.Persistence.Mongo;
using GoGoScope.Testing;
using MongoDB.Driver;

namespace GoGoScope.Benchmarks.Stores.Servers;

/// <summary>MongoDB as a single server, which journals what it answers.</summary>
internal sealed class MongoKind() : StoreKind("MongoDB", new MongoProgram())
{
    internal override Task<LocalServer> StartAsync() => TestServer.Mongo.StartOwnAsync();

    internal override async Task<int> ProcessOfAsync(LocalServer server) =>
        int.Parse(await File.ReadAllTextAsync(Path.Combine(server.Folder, "mongod.lock")), CultureInfo.InvariantCulture);

    // The driver asks the server now and then how it is, which is not the locks' own.
    internal override string ConnectionAt(int port) => $"mongodb://127.0.0.1:{port}/gogoscope?directConnection=true&heartbeatFrequency=10m";

    internal override async Task<ILockStore> OpenAsync(string connection, StoreVariant variant)
    {
        var store = new MongoLockStore(connection);
        await store.EnsureSchemaAsync();
        return store;
    }

    internal override Task<IFloor> OpenFloorAsync(string connection, StoreVariant variant) => Task.FromResult<IFloor>(new MongoFloor(new MongoClient(connection)));
}
