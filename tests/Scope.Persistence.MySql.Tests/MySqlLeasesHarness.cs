namespace GoGoScope.Persistence.MySql.Tests;

/// <summary>The provider of leases under its contract, on MariaDB.</summary>
public sealed class MySqlLeasesHarness() : ServerLeasesHarness(async () =>
{
    var store = new MySqlLockStore($"{await TestServer.MariaDb.ConnectionAsync()};Maximum Pool Size=20");
    await store.EnsureSchemaAsync();
    return store;
});

public sealed class MySqlLeasesExclusion : ExclusionContract<MySqlLeasesHarness>;

public sealed class MySqlLeasesOrdering : OrderingContract<MySqlLeasesHarness>;

public sealed class MySqlLeasesReadersWriters : ReadersWritersContract<MySqlLeasesHarness>;

public sealed class MySqlLeasesTimeouts : TimeoutContract<MySqlLeasesHarness>;

public sealed class MySqlLeasesCancellation : CancellationContract<MySqlLeasesHarness>;

public sealed class MySqlLeasesRelease : ReleaseContract<MySqlLeasesHarness>;

public sealed class MySqlLeasesLifetimes : LifetimeContract<MySqlLeasesHarness>;

public sealed class MySqlLeasesKeys : KeysContract<MySqlLeasesHarness>;

public sealed class MySqlLeasesFencing : FencingContract<MySqlLeasesHarness>;

public sealed class MySqlLeasesLeases : LeaseContract<MySqlLeasesHarness>;

public sealed class MySqlLeasesSeveralLocks : SeveralLocksContract<MySqlLeasesHarness>;

public sealed class MySqlLeasesKeyedRuns : KeyedRunsContract<MySqlLeasesHarness>;

public sealed class MySqlLeasesInspection : InspectionContract<MySqlLeasesHarness>;

public sealed class MySqlLeasesSemaphores : SemaphoreContract<MySqlLeasesHarness>;
