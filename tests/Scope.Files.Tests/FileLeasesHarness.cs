namespace GoGoScope.Files.Tests;

/// <summary>The provider of leases under its contract, on files.</summary>
public sealed class FileLeasesHarness(DirectoryInfo directory) : ServerLeasesHarness(() => Task.FromResult<ILockStore>(new FileLockStore(directory.FullName)))
{
    public FileLeasesHarness() : this(Directory.CreateTempSubdirectory("gogoscope-"))
    {
    }

    public override int KeysUsedOnce => 5_000;

    public override string? WhyNot(LockCapability capability) => capability == LockCapability.CountsWhatIsKept ? null : base.WhyNot(capability);

    /// <summary>A record whose last token is still ahead of the clock is kept until that has come there. A process that has waited once goes on saying that it lives.</summary>
    public override async ValueTask<int> CountKeptAsync()
    {
        await new FileLockStore(directory.FullName).PurgeAsync();
        var kept = new FileLayout(directory.FullName).Records().Count(static file => FileRecord.Read(file)?.Key?.StartsWith("process:", StringComparison.Ordinal) == false);
        return kept + ((LeasedLockProvider)Provider).KnownKeys;
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
