using System.Text;

namespace GoGoScope.Files.Tests;

/// <summary>Files under the contract of stores.</summary>
public sealed class FileStoreHarness : LockStoreHarness
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gogoscope-");

    public override ILockStore Store => field ??= Open();

    public override ILockStore AnotherProcess => field ??= Open();

    public override Task OpenAsync(bool ownServer) => Task.CompletedTask;

    public override string? WhyNot(StoreCapability capability) => capability switch
    {
        StoreCapability.UnpairedSurrogates => "its files hold UTF-8",
        StoreCapability.Restart => "a directory has no server",
        _ => null,
    };

    public override Task PlantAsync(string key, long version, long fence, string body)
    {
        FileRecord.Write(new FileLayout(_directory.FullName).RecordOf(key), key, version, fence, keepUntil: long.MaxValue, Encoding.UTF8.GetBytes(body));
        return Task.CompletedTask;
    }

    // What cleans up behind programs deletes their sockets, too.
    public override Task CutWatchingAsync()
    {
        foreach (var socket in _directory.EnumerateDirectories("inboxes", SearchOption.AllDirectories).Single().EnumerateFiles("*", SearchOption.AllDirectories)) socket.Delete();
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    // Who stands still after it has connected is heard when it goes on.
    private FileLockStore Open() => new(_directory.FullName) { Patience = Waiting.HangLimit };
}

public sealed class FileSwaps : StoreSwapContract<FileStoreHarness>;

public sealed class FileRaces : StoreRaceContract<FileStoreHarness>;

public sealed class FileFences : StoreFenceContract<FileStoreHarness>;

public sealed class FileClock : StoreClockContract<FileStoreHarness>;

public sealed class FileMany : StoreManyContract<FileStoreHarness>;

public sealed class FileNames : StoreNamesContract<FileStoreHarness>;

public sealed class FileWatching : StoreWatchContract<FileStoreHarness>;

public sealed class FileCancellation : StoreCancellationContract<FileStoreHarness>;

public sealed class FileRestart : StoreRestartContract<FileStoreHarness>;

public sealed class FileListing : StoreListingContract<FileStoreHarness>;
