using MongoDB.Bson;
using MongoDB.Driver;

namespace GoGoScope.Persistence.Mongo;

/// <summary>How the collection comes into being.</summary>
internal sealed class Schema(IMongoDatabase database, MongoStoreOptions options)
{
    private const int NamespaceExists = 48;

    private readonly IMongoDatabase _database = database.WithWriteConcern(WriteConcern.WMajority).WithReadPreference(ReadPreference.Primary);

    internal async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (!await IsThereAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await _database.CreateCollectionAsync(options.Collection, cancellationToken: cancellationToken).ConfigureAwait(false);
            }
            catch (MongoCommandException e) when (e.Code == NamespaceExists)
            {
                // By somebody else, at the same moment.
            }
        }
        var forgetting = new CreateIndexModel<BsonDocument>(
            Builders<BsonDocument>.IndexKeys.Ascending(Fields.Forget), new CreateIndexOptions { Name = Fields.Forget, ExpireAfter = options.ForgetAfter });
        await _database.GetCollection<BsonDocument>(options.Collection).Indexes.CreateOneAsync(forgetting, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> IsThereAsync(CancellationToken cancellationToken)
    {
        var named = new ListCollectionsOptions { Filter = new BsonDocument("name", options.Collection) };
        using var cursor = await _database.ListCollectionsAsync(named, cancellationToken).ConfigureAwait(false);
        var collection = await cursor.FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        if (collection is null) return false;
        if (collection.TryGetValue("options", out var made) && made.AsBsonDocument.TryGetValue("collation", out var collation))
            throw new InvalidOperationException(
                $"The collection {_database.DatabaseNamespace}.{options.Collection} has a collation ({collation}), by which keys that differ may be the same: name another one, or make it without.");
        return true;
    }
}
