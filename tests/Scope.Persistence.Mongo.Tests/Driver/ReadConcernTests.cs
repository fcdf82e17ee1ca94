using System.Reflection;
using MongoDB.Bson;
using MongoDB.Driver;

namespace GoGoScope.Persistence.Mongo.Tests;

/// <summary>How a record is read, by what the server says of itself. Needs none: its answers are made up.</summary>
[TestFixture]
public sealed class ReadConcernTests
{
    [TestCase("directConnection=true", "setName", "rs0", ReadConcernLevel.Linearizable)]
    [TestCase("replicaSet=rs0", "setName", "rs0", ReadConcernLevel.Linearizable)]
    [TestCase("directConnection=true", "msg", "isdbgrid", ReadConcernLevel.Linearizable)]
    [TestCase("directConnection=true", "version", "single", ReadConcernLevel.Majority)]
    public async Task A_primary_is_read_as_it_is_now_however_it_is_connected_to(string options, string field, string value, ReadConcernLevel level)
    {
        // Nobody listens there, and nothing is sent.
        using var client = new MongoClient($"mongodb://127.0.0.1:1/shop?{options}");
        var database = MadeUpServer.Before(client.GetDatabase("shop"), new BsonDocument { ["isWritablePrimary"] = true, ["localTime"] = DateTime.UnixEpoch.AddDays(1), [field] = value });
        await using var store = new MongoLockStore(database);
        Assert.That((await store.ReadAsync("key", default)).Version, Is.Zero);
        Assert.That(((MadeUpServer)database).Reads, Is.Not.Empty.And.All.EqualTo(level));
    }

    /// <summary>A server that greets as it is told to, and has no documents.</summary>
    public class MadeUpServer : DispatchProxy
    {
        private object _target = null!;
        private BsonDocument _greeting = [];

        /// <summary>The levels of the reads that were sent to it.</summary>
        public IReadOnlyCollection<ReadConcernLevel?> Reads => _reads;

        private List<ReadConcernLevel?> _reads = [];

        /// <summary>The database before <paramref name="database"/>; it also is a <see cref="MadeUpServer"/>.</summary>
        public static IMongoDatabase Before(IMongoDatabase database, BsonDocument greeting) => Before(database, greeting, []);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name == nameof(IMongoDatabase.RunCommandAsync)) return Task.FromResult(_greeting);
            if (targetMethod.Name == nameof(IMongoCollection<BsonDocument>.AggregateAsync))
            {
                _reads.Add(((IMongoCollection<BsonDocument>)_target).Settings.ReadConcern.Level);
                return Task.FromResult<IAsyncCursor<BsonDocument>>(new Nothing());
            }
            var result = targetMethod.Invoke(_target, args);
            return result is IMongoCollection<BsonDocument> collection ? Before(collection, _greeting, _reads) : result;
        }

        private static T Before<T>(T target, BsonDocument greeting, List<ReadConcernLevel?> reads) where T : class
        {
            var before = Create<T, MadeUpServer>();
            var server = (MadeUpServer)(object)before;
            (server._target, server._greeting, server._reads) = (target, greeting, reads);
            return before;
        }
    }

    private sealed class Nothing : IAsyncCursor<BsonDocument>
    {
        public IEnumerable<BsonDocument> Current => [];

        public bool MoveNext(CancellationToken cancellationToken = default) => false;

        public Task<bool> MoveNextAsync(CancellationToken cancellationToken = default) => Task.FromResult(false);

        public void Dispose()
        {
        }
    }
}
