using MongoDB.Bson;
using MongoDB.Driver;

namespace GoGoScope.Benchmarks.Stores.Servers;

/// <summary>A pair: two <c>findAndModify</c> with upsert of the same document, each journaled when it is answered. Once: one of them.</summary>
internal sealed class MongoFloor(MongoClient client) : IFloor
{
    private static readonly FilterDefinition<BsonDocument> Floor = new BsonDocument("_id", "floor");
    private static readonly FindOneAndUpdateOptions<BsonDocument> Upsert = new() { IsUpsert = true, ReturnDocument = ReturnDocument.After };

    private readonly IMongoCollection<BsonDocument> _collection =
        client.GetDatabase("gogoscope").GetCollection<BsonDocument>("floor").WithWriteConcern(new WriteConcern("majority", journal: true));

    private long _value;

    public async Task PairAsync()
    {
        await OnceAsync();
        await OnceAsync();
    }

    public Task OnceAsync() => _collection.FindOneAndUpdateAsync(Floor, new BsonDocument("$set", new BsonDocument("value", ++_value)), Upsert);

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }
}
