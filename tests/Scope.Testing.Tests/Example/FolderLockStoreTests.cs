using GoGoScope;
using GoGoScope.Testing;
using NUnit.Framework;

namespace FolderLocks.Tests;

public sealed class FolderStoreHarness : LockStoreHarness
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("folder-locks-");

    public override ILockStore Store => field ??= new FolderLockStore(_folder.FullName);

    public override ILockStore AnotherProcess => field ??= new FolderLockStore(_folder.FullName);

    // A store with a server connects here, and skips the test if there is none.
    public override Task OpenAsync(bool ownServer) => Task.CompletedTask;

    public override string? WhyNot(StoreCapability capability) => capability switch
    {
        StoreCapability.Watching => "a folder tells nobody anything",
        StoreCapability.UnpairedSurrogates => "its files hold UTF-8",
        StoreCapability.Restart => "a folder has no server",
        StoreCapability.Listing => "its files don't say whose they are",
        _ => null,
    };

    public override Task PlantAsync(string key, long version, long fence, string body)
    {
        FolderLockStore.Write(((FolderLockStore)Store).FileOf(key), version, fence, keepUntil: long.MaxValue, StoredText.Encode(body));
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}

public sealed class FolderSwaps : StoreSwapContract<FolderStoreHarness>;

public sealed class FolderRaces : StoreRaceContract<FolderStoreHarness>;

public sealed class FolderFences : StoreFenceContract<FolderStoreHarness>;

public sealed class FolderClock : StoreClockContract<FolderStoreHarness>;

public sealed class FolderMany : StoreManyContract<FolderStoreHarness>;

public sealed class FolderNames : StoreNamesContract<FolderStoreHarness>;

public sealed class FolderWatching : StoreWatchContract<FolderStoreHarness>;

public sealed class FolderCancellation : StoreCancellationContract<FolderStoreHarness>;

public sealed class FolderRestart : StoreRestartContract<FolderStoreHarness>;

public sealed class FolderListing : StoreListingContract<FolderStoreHarness>;

// And the locks over it, by real time: each "process" is a provider with a store of its own.

public sealed class FolderLeasesHarness(DirectoryInfo folder) : ServerLeasesHarness(() => Task.FromResult<ILockStore>(new FolderLockStore(folder.FullName)))
{
    public FolderLeasesHarness() : this(Directory.CreateTempSubdirectory("folder-locks-"))
    {
    }

    public override string? WhyNot(LockCapability capability) =>
        capability == LockCapability.Listing ? "its files don't say whose they are" : base.WhyNot(capability);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Delete(recursive: true);
    }
}

public sealed class FolderLeasesExclusion : ExclusionContract<FolderLeasesHarness>;

public sealed class FolderLeasesOrdering : OrderingContract<FolderLeasesHarness>;

public sealed class FolderLeasesReadersWriters : ReadersWritersContract<FolderLeasesHarness>;

public sealed class FolderLeasesTimeouts : TimeoutContract<FolderLeasesHarness>;

public sealed class FolderLeasesCancellation : CancellationContract<FolderLeasesHarness>;

public sealed class FolderLeasesRelease : ReleaseContract<FolderLeasesHarness>;

public sealed class FolderLeasesLifetimes : LifetimeContract<FolderLeasesHarness>;

public sealed class FolderLeasesKeys : KeysContract<FolderLeasesHarness>;

public sealed class FolderLeasesFencing : FencingContract<FolderLeasesHarness>;

public sealed class FolderLeasesLeases : LeaseContract<FolderLeasesHarness>;

public sealed class FolderLeasesSeveralLocks : SeveralLocksContract<FolderLeasesHarness>;

public sealed class FolderLeasesKeyedRuns : KeyedRunsContract<FolderLeasesHarness>;

public sealed class FolderLeasesInspection : InspectionContract<FolderLeasesHarness>;

public sealed class FolderLeasesSemaphores : SemaphoreContract<FolderLeasesHarness>;

public sealed class ContractIsComplete
{
    // A suite that a later version of GoGoScope.Testing has, and this file has not.
    [Test]
    public void Every_suite_is_run() => Assert.That(ContractCompleteness.MissingIn(typeof(FolderStoreHarness).Assembly), Is.Empty);
}
