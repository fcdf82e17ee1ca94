using System.Text.RegularExpressions;
using MongoDB.Bson;
using MongoDB.Driver;

namespace GoGoScope.Persistence.Mongo.Tests;

/// <summary>The provider of leases under its contract, on MongoDB.</summary>
public sealed class MongoLeasesHarness() : ServerLeasesHarness(async () => new MongoLockStore(await TestServer.Mongo.ConnectionAsync()))
{
    public override string? WhyNot(LockCapability capability) => capability == LockCapability.CountsWhatIsKept ? null : base.WhyNot(capability);

    /// <summary>The document of a key that is free is deleted by the index, a good while after the time that it has for that.</summary>
    public override async ValueTask<int> CountKeptAsync()
    {
        var url = new MongoUrl(await TestServer.Mongo.ConnectionAsync());
        using var direct = new MongoClient(url);
        var ours = new BsonDocument
        {
            [Fields.Id] = new BsonRegularExpression($"^lock:{Regex.Escape(KeyPrefix)}"),
            ["$or"] = new BsonArray { new BsonDocument(Fields.Body, new BsonDocument("$ne", "")), new BsonDocument(Fields.Forget, BsonNull.Value) },
        };
        var kept = await direct.GetDatabase(url.DatabaseName).GetCollection<BsonDocument>("gogoscope_locks").CountDocumentsAsync(ours);
        return (int)kept + ((LeasedLockProvider)Provider).KnownKeys;
    }
}

public sealed class MongoLeasesExclusion : ExclusionContract<MongoLeasesHarness>;

public sealed class MongoLeasesOrdering : OrderingContract<MongoLeasesHarness>;

public sealed class MongoLeasesReadersWriters : ReadersWritersContract<MongoLeasesHarness>;

public sealed class MongoLeasesTimeouts : TimeoutContract<MongoLeasesHarness>;

public sealed class MongoLeasesCancellation : CancellationContract<MongoLeasesHarness>;

public sealed class MongoLeasesRelease : ReleaseContract<MongoLeasesHarness>;

public sealed class MongoLeasesLifetimes : LifetimeContract<MongoLeasesHarness>;

public sealed class MongoLeasesKeys : KeysContract<MongoLeasesHarness>;

public sealed class MongoLeasesFencing : FencingContract<MongoLeasesHarness>;

public sealed class MongoLeasesLeases : LeaseContract<MongoLeasesHarness>;

public sealed class MongoLeasesSeveralLocks : SeveralLocksContract<MongoLeasesHarness>;

public sealed class MongoLeasesKeyedRuns : KeyedRunsContract<MongoLeasesHarness>;

public sealed class MongoLeasesInspection : InspectionContract<MongoLeasesHarness>;

public sealed class MongoLeasesSemaphores : SemaphoreContract<MongoLeasesHarness>;
