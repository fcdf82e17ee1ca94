namespace GoGoScope.Files.Tests;

/// <summary>The provider of leases under its contract, on files.</summary>
public sealed class FileLeasesHarness(DirectoryInfo directory) : ServerLeasesHarness(() => Task.FromResult<ILockStore>(new FileLockStore(directory.FullName)))
{
    public FileLeasesHarness() : this(Directory.CreateTempSubdirectory("gogoscope-"))
    {
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        directory.Delete(recursive: true);
    }
}

public sealed class FileLeasesExclusion : ExclusionContract<FileLeasesHarness>;

public sealed class FileLeasesOrdering : OrderingContract<FileLeasesHarness>;

public sealed class FileLeasesReadersWriters : ReadersWritersContract<FileLeasesHarness>;

public sealed class FileLeasesTimeouts : TimeoutContract<FileLeasesHarness>;

public sealed class FileLeasesCancellation : CancellationContract<FileLeasesHarness>;

public sealed class FileLeasesRelease : ReleaseContract<FileLeasesHarness>;

public sealed class FileLeasesLifetimes : LifetimeContract<FileLeasesHarness>;

public sealed class FileLeasesKeys : KeysContract<FileLeasesHarness>;

public sealed class FileLeasesFencing : FencingContract<FileLeasesHarness>;

public sealed class FileLeasesLeases : LeaseContract<FileLeasesHarness>;

public sealed class FileLeasesSeveralLocks : SeveralLocksContract<FileLeasesHarness>;

public sealed class FileLeasesKeyedRuns : KeyedRunsContract<FileLeasesHarness>;

public sealed class FileLeasesInspection : InspectionContract<FileLeasesHarness>;

public sealed class FileLeasesSemaphores : SemaphoreContract<FileLeasesHarness>;
