namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>The same with a table that is not written ahead to disk. What happens when the server crashes is in EpochTests.</summary>
public sealed class FastHarness : PostgresStoreHarness
{
    // The contract keeps its records for decades.
    protected override PostgresStoreOptions Options => new() { Table = "fast_locks", Durability = PostgresDurability.Fast, LongestTimeToLive = TimeSpan.MaxValue };

    protected override Task StopServerAsync(LocalServer server) => server.StopAsync();
}

public sealed class FastSwaps : StoreSwapContract<FastHarness>;

public sealed class FastRaces : StoreRaceContract<FastHarness>;

public sealed class FastFences : StoreFenceContract<FastHarness>;

public sealed class FastClock : StoreClockContract<FastHarness>;

public sealed class FastMany : StoreManyContract<FastHarness>;

public sealed class FastNames : StoreNamesContract<FastHarness>;

public sealed class FastWatching : StoreWatchContract<FastHarness>;

public sealed class FastCancellation : StoreCancellationContract<FastHarness>;

public sealed class FastRestart : StoreRestartContract<FastHarness>;

public sealed class FastListing : StoreListingContract<FastHarness>;

/// <summary>The provider on it: what might go another way than on a table that is durable. The rest is the same code.</summary>
public sealed class FastLeasesHarness() : ServerLeasesHarness(async () =>
{
    var store = new PostgresLockStore($"{await TestServer.Postgres.ConnectionAsync()};Maximum Pool Size=20", new PostgresStoreOptions { Table = "fast_leases", Durability = PostgresDurability.Fast });
    await store.EnsureSchemaAsync();
    return store;
});

public sealed class FastLeasesExclusion : ExclusionContract<FastLeasesHarness>;

public sealed class FastLeasesFencing : FencingContract<FastLeasesHarness>;

public sealed class FastLeasesLeases : LeaseContract<FastLeasesHarness>;
