using Npgsql;

namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>The provider of leases under its contract, on PostgreSQL.</summary>
public sealed class PostgresLeasesHarness() : ServerLeasesHarness(async () => await OpenStoreAsync())
{
    // One that other tests don't use: what nobody needs is purged from it at once.
    private static readonly PostgresStoreOptions Options = new() { Table = "leases" };

    public override string? WhyNot(LockCapability capability) => capability == LockCapability.CountsWhatIsKept ? null : base.WhyNot(capability);

    public override async ValueTask<int> CountKeptAsync()
    {
        await using var store = await OpenStoreAsync();
        await store.PurgeAsync(TimeSpan.FromMilliseconds(1));
        await using var direct = NpgsqlDataSource.Create(await TestServer.Postgres.ConnectionAsync());
        await using var count = direct.CreateCommand("SELECT count(*) FROM leases WHERE position(convert_to($1, 'UTF8') IN name) = 1");
        count.Parameters.AddWithValue($"lock:{KeyPrefix}");
        return (int)(long)(await count.ExecuteScalarAsync())! + ((LeasedLockProvider)Provider).KnownKeys;
    }

    private static async Task<PostgresLockStore> OpenStoreAsync()
    {
        var store = new PostgresLockStore($"{await TestServer.Postgres.ConnectionAsync()};Maximum Pool Size=20", Options);
        await store.EnsureSchemaAsync();
        return store;
    }
}

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
