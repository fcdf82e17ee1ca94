using StackExchange.Redis;

namespace GoGoScope.Persistence.Redis.Tests;

/// <summary>The provider of leases under its contract, on Redis.</summary>
public sealed class RedisLeasesHarness() : ServerLeasesHarness(async () => await RedisLockStore.ConnectAsync(await TestServer.Redis.ConnectionAsync()))
{
    /// <summary>A key that is free keeps its last token for a minute, and not for ever.</summary>
    private static readonly TimeSpan LongestFree = TimeSpan.FromMinutes(1);

    public override string? WhyNot(LockCapability capability) => capability == LockCapability.CountsWhatIsKept ? null : base.WhyNot(capability);

    public override async ValueTask<int> CountKeptAsync()
    {
        var kept = ((LeasedLockProvider)Provider).KnownKeys;
        await foreach (var _ in Provider.InspectAllAsync(KeyPrefix)) kept++;
        using var direct = await ConnectionMultiplexer.ConnectAsync(await TestServer.Redis.ConnectionAsync());
        var database = direct.GetDatabase();
        foreach (var key in direct.GetServer(direct.GetEndPoints().Single()).Keys(pattern: $"gogoscope:lock:{KeyPrefix}*"))
        {
            if (await database.KeyExistsAsync(key) && !(await database.KeyTimeToLiveAsync(key) <= LongestFree)) kept++;
        }
        return kept;
    }
}

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
