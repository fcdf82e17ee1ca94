using MongoDB.Driver;

namespace GoGoScope.Persistence.Mongo.Tests;

/// <summary>The same with all that applications set and a store must not depend on: where they read, what they wait for, another collection.</summary>
public sealed class UnusualHarness : MongoStoreHarness
{
    protected override MongoStoreOptions Options => new() { Collection = "our locks", Watch = false };

    protected override IMongoDatabase Configure(IMongoDatabase database) =>
        database.WithReadPreference(ReadPreference.SecondaryPreferred).WithReadConcern(ReadConcern.Available).WithWriteConcern(WriteConcern.Unacknowledged);
}

public sealed class UnusualSwaps : StoreSwapContract<UnusualHarness>;

public sealed class UnusualRaces : StoreRaceContract<UnusualHarness>;

public sealed class UnusualFences : StoreFenceContract<UnusualHarness>;

public sealed class UnusualClock : StoreClockContract<UnusualHarness>;

public sealed class UnusualMany : StoreManyContract<UnusualHarness>;

public sealed class UnusualNames : StoreNamesContract<UnusualHarness>;

public sealed class UnusualWatching : StoreWatchContract<UnusualHarness>;

public sealed class UnusualCancellation : StoreCancellationContract<UnusualHarness>;

public sealed class UnusualRestart : StoreRestartContract<UnusualHarness>;

public sealed class UnusualListing : StoreListingContract<UnusualHarness>;

public sealed class ContractIsComplete
{
    [Test]
    public void Every_suite_is_run() => Assert.That(ContractCompleteness.MissingIn(typeof(MongoStoreHarness).Assembly), Is.Empty);
}
