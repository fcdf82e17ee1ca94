using System.Globalization;
using GoGoScope;

namespace FolderLocks;

/// <summary>Locks in a folder, for the processes of one machine: a file for each key that is held or waited for.</summary>
public sealed class FolderLockStore : ILockStore
{
    private readonly string _folder;

    public FolderLockStore(string folder) => _folder = Directory.CreateDirectory(folder).FullName;

    public string Name => "folder";

    public async ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken) =>
        (await SwapManyAsync([swap], cancellationToken).ConfigureAwait(false))[0];

    public async ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken)
    {
        // What can't be stored is refused before anything is done.
        var prepared = swaps.Select(swap => (Swap: swap, File: FileOf(swap.Key), Body: StoredText.Encode(swap.Body))).ToList();
        using var alone = await EnterAsync(cancellationToken).ConfigureAwait(false);
        return [.. prepared.Select(one => Swap(one.Swap, one.File, one.Body))];
    }

    public async ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken)
    {
        var file = FileOf(key);
        using var alone = await EnterAsync(cancellationToken).ConfigureAwait(false);
        return Read(file, Clock()).Record;
    }

    // Nothing tells a process reliably that another one has changed a file.
    public ValueTask<IAsyncDisposable?> WatchAsync(string process, IStoreWatcher watcher, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<IAsyncDisposable?>(null);
    }

    /// <summary>Deletes what is not needed any more, such as the last words of processes that are gone. For a timer of the application.</summary>
    public async Task PurgeAsync(CancellationToken cancellationToken = default)
    {
        using var alone = await EnterAsync(cancellationToken).ConfigureAwait(false);
        var now = Clock();
        foreach (var file in Directory.EnumerateFiles(_folder, "*.record"))
        {
            var (record, keepUntil) = Read(file, now);
            if (keepUntil <= now && record.Fence <= now) File.Delete(file);
        }
    }

    /// <summary>A name for any key, of whatever characters and length, and no two keys with the same.</summary>
    internal string FileOf(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return Path.Combine(_folder, Convert.ToHexStringLower(StoredText.Hash(StoredText.Encode(key))) + ".record");
    }

    /// <summary>The swap itself, while nobody else can read or write: compare, judge by the clock, replace.</summary>
    private static StoredRecord Swap(LockSwap swap, string file, byte[] body)
    {
        var now = Clock();
        var current = Read(file, now).Record;
        var asExpected = swap.Expected == 0 ? current.IsFree : current.Version == swap.Expected;
        if (!asExpected || now < swap.NotBefore || now >= swap.NotAfter) return current;

        var fence = (current.IsFree ? Math.Max(current.Fence, now) : current.Fence) + swap.Draw;
        // Without the file, the next fence starts at the clock: only when that has come to this one can the file go.
        if (body.Length == 0 && fence <= now) File.Delete(file);
        else Write(file, swap.Version, fence, body.Length == 0 ? fence : swap.KeepUntil, body);
        return new StoredRecord(swap.Version, fence, swap.Body, now);
    }

    private static (StoredRecord Record, long KeepUntil) Read(string file, long now)
    {
        if (!File.Exists(file)) return (new StoredRecord(Version: 0, Fence: 0, Body: "", now), KeepUntil: 0);
        var text = StoredText.Decode(File.ReadAllBytes(file));
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var head = text[..end].Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return (new StoredRecord(head[0], head[1], text[(end + 1)..], now), head[2]);
    }

    /// <summary>A process that dies in the middle leaves the old record or the new one, never half of it.</summary>
    internal static void Write(string file, long version, long fence, long keepUntil, byte[] body)
    {
        using (var written = new FileStream(file + ".new", FileMode.Create))
        {
            written.Write(StoredText.Encode(string.Create(CultureInfo.InvariantCulture, $"{version} {fence} {keepUntil}\n")));
            written.Write(body);
            written.Flush(flushToDisk: true);
        }
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>Returns when no other process, and no other thread of this one, is in the folder, until the result is disposed.</summary>
    private async ValueTask<FileStream> EnterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return new FileStream(Path.Combine(_folder, "in use"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (IsTaken(e))
            {
                await Task.Delay(1, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // Goes away by itself when tried again; a full disk does not, and its exception is let through.
    private static bool IsTaken(IOException e) => e.HResult == (OperatingSystem.IsWindows() ? unchecked((int)0x80070020) : OperatingSystem.IsMacOS() ? 35 : 11);

    // Of this machine, as all who use the folder are on it. In microseconds since 1970, UTC.
    private static long Clock() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
