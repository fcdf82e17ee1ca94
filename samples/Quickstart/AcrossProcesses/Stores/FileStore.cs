namespace GoGoScope.Quickstart;

/// <summary>Ledger and locks in a directory that has the run's name.</summary>
internal sealed class FileStore : SharedStore
{
    private readonly string _directory;
    private readonly FileLockProvider _locks;
    private readonly FileLedger _ledger;

    private FileStore(string directory, LeaseOptions leases)
    {
        _directory = directory;
        _locks = new FileLockProvider(directory, leases);
        _ledger = new FileLedger(Path.Combine(directory, "ledger"));
    }

    public override ISharedLedger Ledger => _ledger;

    public override ILockProvider Locks => _locks;

    public static SharedStore Open(StoreAddress address, StoreUse use) => new FileStore(Path.Combine(address.Directory, use.Run), use.Leases);

    public override Task CreateAsync(CancellationToken cancellationToken)
    {
        _ledger.Create();
        return Task.CompletedTask;
    }

    public override Task DeleteAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await _locks.DisposeAsync();
        _ledger.Dispose();
    }
}
