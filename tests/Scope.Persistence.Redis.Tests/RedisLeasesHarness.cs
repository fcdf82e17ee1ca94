namespace GoGoScope.Persistence.Redis.Tests;

/// <summary>The provider of leases under its contract, on Redis.</summary>
public sealed class RedisLeasesHarness() : ServerLeasesHarness(async () => await RedisLockStore.ConnectAsync(await TestServer.Redis.ConnectionAsync()));

public sealed class RedisLeasesExclusion : ExclusionContract<RedisLeasesHarness>;

public sealed class RedisLeasesOrdering : OrderingContract<RedisLeasesHarness>;

public sealed class RedisLeasesReadersWriters : ReadersWritersContract<RedisLeasesHarness>;

public sealed class RedisLeasesTimeouts : TimeoutContract<RedisLeasesHarness>;

public sealed class RedisLeasesCancellation : CancellationContract<RedisLeasesHarness>;

public sealed class RedisLeasesRelease : ReleaseContract<RedisLeasesHarness>;

public sealed class RedisLeasesLifetimes : LifetimeContract<RedisLeasesHarness>;

public sealed class RedisLeasesKeys : KeysContract<RedisLeasesHarness>;

public sealed class RedisLeasesFencing : FencingContract<RedisLeasesHarness>;

public sealed class RedisLeasesLeases : LeaseContract<RedisLeasesHarness>;

public sealed class RedisLeasesSeveralLocks : SeveralLocksContract<RedisLeasesHarness>;

public sealed class RedisLeasesKeyedRuns : KeyedRunsContract<RedisLeasesHarness>;

public sealed class RedisLeasesInspection : InspectionContract<RedisLeasesHarness>;

public sealed class RedisLeasesSemaphores : SemaphoreContract<RedisLeasesHarness>;
