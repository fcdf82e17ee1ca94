namespace GoGoScope.Files.Tests;

/// <summary>Files under the contract of processes.</summary>
public sealed class FileProcessHarness : ProcessHarness
{
    public override string Store => "file";

    public override Task<string> ConnectionAsync() => Task.FromResult(RunSetUp.SharedDirectory);

    public override Task<ILockStore> OpenStoreAsync(string connection) => Task.FromResult<ILockStore>(new FileLockStore(connection));

    public override Task<LeasedLockProvider> OpenAsync(string connection, LeaseOptions? options = null) => Task.FromResult<LeasedLockProvider>(new FileLockProvider(connection, options));
}

public sealed class FileProcessExclusion : ProcessExclusionContract<FileProcessHarness>;

public sealed class FileProcessOrder : ProcessOrderContract<FileProcessHarness>;

public sealed class FileProcessReaders : ProcessReadersContract<FileProcessHarness>;

public sealed class FileProcessDeath : ProcessDeathContract<FileProcessHarness>;

public sealed class FileProcessSeveralLocks : ProcessSeveralLocksContract<FileProcessHarness>;

public sealed class FileProcessPermits : ProcessPermitsContract<FileProcessHarness>;

public sealed class FileProcessValues : ProcessValuesContract<FileProcessHarness>;
