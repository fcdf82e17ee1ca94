using System.Globalization;

namespace GoGoScope.Persistence.MySql.Tests;

/// <summary>The provider of leases under its contract, on MariaDB.</summary>
public sealed class MySqlLeasesHarness() : ServerLeasesHarness(async () => await OpenStoreAsync())
{
    // One that other tests don't use: what nobody needs is purged from it at once.
    private static readonly MySqlStoreOptions Options = new() { Table = "leases" };

    public override string? WhyNot(LockCapability capability) => capability == LockCapability.CountsWhatIsKept ? null : base.WhyNot(capability);

    public override async ValueTask<int> CountKeptAsync()
    {
        await using var store = await OpenStoreAsync();
        await store.PurgeAsync(TimeSpan.FromMilliseconds(1));
        await using var direct = Driver.Open(await TestServer.MariaDb.ConnectionAsync());
        var rows = await direct.ExecuteAsync($"SELECT COUNT(*) FROM leases WHERE LOCATE({Literal.Of(StoredText.Encode($"lock:{KeyPrefix}"))}, name) = 1");
        return Convert.ToInt32(rows, CultureInfo.InvariantCulture) + ((LeasedLockProvider)Provider).KnownKeys;
    }

    private static async Task<MySqlLockStore> OpenStoreAsync()
    {
        var store = new MySqlLockStore($"{await TestServer.MariaDb.ConnectionAsync()};Maximum Pool Size=20", Options);
        await store.EnsureSchemaAsync();
        return store;
    }
}

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
