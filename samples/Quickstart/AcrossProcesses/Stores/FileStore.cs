namespace GoGoScope.Quickstart;

/// <summary>Ledger and locks in a directory that has the run's name.</summary>
internal sealed class FileStore : SharedStore
{
    // That files are slow on a machine that is busy with all these processes is no reason to give up.
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(30);

    private readonly string _directory;
    private readonly FileLockProvider _locks;
    private readonly FileLedger _ledger;

    private FileStore(string directory)
    {
        _directory = directory;
        _locks = new FileLockProvider(directory, Leases with { StoreTimeout = StoreTimeout });
        _ledger = new FileLedger(Path.Combine(directory, "ledger"));
    }

    public override ISharedLedger Ledger => _ledger;

    public override ILockProvider Locks => _locks;

    public static SharedStore Open(StoreAddress address, string run) => new FileStore(Path.Combine(address.Directory, run));

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
