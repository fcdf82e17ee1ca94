namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>The provider of leases under its contract, on PostgreSQL.</summary>
public sealed class PostgresLeasesHarness() : ServerLeasesHarness(async () =>
{
    var store = new PostgresLockStore($"{await TestServer.Postgres.ConnectionAsync()};Maximum Pool Size=20");
    await store.EnsureSchemaAsync();
    return store;
});

public sealed class PostgresLeasesExclusion : ExclusionContract<PostgresLeasesHarness>;

public sealed class PostgresLeasesOrdering : OrderingContract<PostgresLeasesHarness>;

public sealed class PostgresLeasesReadersWriters : ReadersWritersContract<PostgresLeasesHarness>;

public sealed class PostgresLeasesTimeouts : TimeoutContract<PostgresLeasesHarness>;

public sealed class PostgresLeasesCancellation : CancellationContract<PostgresLeasesHarness>;

public sealed class PostgresLeasesRelease : ReleaseContract<PostgresLeasesHarness>;

public sealed class PostgresLeasesLifetimes : LifetimeContract<PostgresLeasesHarness>;

public sealed class PostgresLeasesKeys : KeysContract<PostgresLeasesHarness>;

public sealed class PostgresLeasesFencing : FencingContract<PostgresLeasesHarness>;

public sealed class PostgresLeasesLeases : LeaseContract<PostgresLeasesHarness>;

public sealed class PostgresLeasesSeveralLocks : SeveralLocksContract<PostgresLeasesHarness>;

public sealed class PostgresLeasesKeyedRuns : KeyedRunsContract<PostgresLeasesHarness>;

public sealed class PostgresLeasesInspection : InspectionContract<PostgresLeasesHarness>;

public sealed class PostgresLeasesSemaphores : SemaphoreContract<PostgresLeasesHarness>;
