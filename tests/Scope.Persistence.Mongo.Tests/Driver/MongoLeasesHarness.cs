namespace GoGoScope.Persistence.Mongo.Tests;

/// <summary>The provider of leases under its contract, on MongoDB.</summary>
public sealed class MongoLeasesHarness() : ServerLeasesHarness(async () => new MongoLockStore(await TestServer.Mongo.ConnectionAsync()));

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
