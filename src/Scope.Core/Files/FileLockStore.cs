using System.Runtime.CompilerServices;

namespace GoGoScope;

/// <summary>
/// Keeps the records of locks as files in a directory, one for each key that is held or waited for, for the processes of
/// one machine. For <see cref="FileLockProvider"/>, and for tools that look into a directory.
/// </summary>
/// <remarks>
/// <para>Nothing has to survive the machine: with it, all holders are gone. So files are not forced to the disk, and what an earlier
/// start of the machine has left is not looked at (on Linux, which tells its starts apart).</para>
/// <para>The clock is the machine's. One that is set forward ends leases early, as it would with any store.</para>
/// <para>All members can be used from several threads at once.</para>
/// </remarks>
public sealed class FileLockStore : IListableLockStore
{
    private readonly FileLayout _layout;
    private readonly FileStarts _starts;
    private readonly FileGates _gates;
    private readonly TimeProvider _time;

    /// <summary>Opens the store in <paramref name="directory"/>, which is made if it is not there.</summary>
    /// <param name="directory">A directory on a disk of this machine, which all processes that share locks may write; by default <see cref="DefaultDirectory"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is empty or white space.</exception>
    /// <exception cref="IOException">The directory can't be made, or is on a file system that doesn't lock files, or somebody uses it who sees another start of the machine.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not write there.</exception>
    public FileLockStore(string? directory = null) : this(directory, start: null, TimeProvider.System)
    {
    }

    /// <summary>The same as another machine would have it: one that was started at another time, or whose clock shows another one.</summary>
    internal FileLockStore(string? directory, string? start, TimeProvider time)
    {
        directory ??= DefaultDirectory;
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        Directory = Path.GetFullPath(directory);
        _time = time;
        _layout = new FileLayout(Directory, start);
        _gates = new FileGates(_layout);
        _gates.CheckThatTheyLock();
        _starts = new FileStarts(_layout);
        _starts.Use();
    }

    /// <summary>The directory for all processes of this user: "gogoscope/locks" in the user's local application data.</summary>
    /// <exception cref="IOException">The user has no such place.</exception>
    public static string DefaultDirectory =>
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } data
            ? Path.Combine(data, "gogoscope", "locks")
            : throw new IOException("This user has no directory for application data (HOME is not set): name a directory for locks.");

    /// <summary>How long it listens to a process that has connected to tell something, and does not tell it.</summary>
    internal TimeSpan Patience { get; init; } = FileWatch.ShortPatience;

    /// <inheritdoc/>
    public string Name => "file";

    /// <summary>The full path of the directory that the records are in.</summary>
    public string Directory { get; }

    /// <inheritdoc/>
    public ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken) =>
        SwapAsync(swap, _layout.RecordOf(swap.Key), StoredText.Encode(swap.Body), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(swaps);
        // What can't be stored is refused before anything is done.
        var prepared = swaps.Select(swap => (Swap: swap, File: _layout.RecordOf(swap.Key), Body: StoredText.Encode(swap.Body))).ToList();
        // Somebody who keeps one gate shut keeps only those behind it.
        return await Task.WhenAll(prepared.Select(one => SwapAsync(one.Swap, one.File, one.Body, cancellationToken).AsTask())).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken)
    {
        var file = _layout.RecordOf(key);
        // A swap that has begun is waited for: it has looked at the clock already.
        using (await _gates.EnterAsync(file, cancellationToken).ConfigureAwait(false)) return Read(file, Clock());
    }

    /// <inheritdoc/>
    public ValueTask<IAsyncDisposable?> WatchAsync(string process, IStoreWatcher watcher, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(process);
        ArgumentNullException.ThrowIfNull(watcher);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<IAsyncDisposable?>(cancellationToken);
        return new(FileWatch.Start(_layout.InboxOf(process), _layout.Sharing, watcher, Patience));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<KeyValuePair<string, StoredRecord>> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        foreach (var file in _layout.AllRecords(cancellationToken))
        {
            FileRecord? found;
            long now;
            using (await _gates.EnterAsync(file, cancellationToken).ConfigureAwait(false)) (found, now) = (FileRecord.Read(file), Clock());
            // Of which key something is that is no record nobody can say.
            if (found is { Key: { } key, Body.Length: > 0 } record && key.StartsWith(prefix, StringComparison.Ordinal))
                yield return new(key, new StoredRecord(record.Version, record.Fence, record.Body, now));
        }
    }

    /// <summary>
    /// Deletes what nobody needs any more: records and sockets of processes that are gone, and, an hour after it was last changed, what is no
    /// record, as a power cut may leave it, and what earlier starts of the machine have left. Locks work without it.
    /// </summary>
    /// <param name="cancellationToken">Stops between two files.</param>
    /// <returns>How many records.</returns>
    /// <exception cref="IOException">Somebody uses the directory who sees another start of the machine: of that nothing is deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">Something is another user's, who shares it with nobody.</exception>
    public async Task<int> PurgeAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var deleted = 0;
        foreach (var file in _layout.Records())
        {
            using var inside = await _gates.EnterAsync(file, cancellationToken).ConfigureAwait(false);
            var now = Clock();
            if (FileRecord.Read(file) is not { } record || !IsOver(file, in record, now)) continue;
            inside.RaiseFloor(FenceOf(in record, now));
            File.Delete(file);
            deleted++;
        }
        foreach (var (next, record) in _layout.Unfinished())
        {
            // Nobody is writing it.
            using (await _gates.EnterAsync(record, cancellationToken).ConfigureAwait(false)) File.Delete(next);
        }
        foreach (var inbox in _layout.Inboxes())
        {
            cancellationToken.ThrowIfCancellationRequested();
            FileNews.DeleteDead(inbox);
        }
        _starts.DeleteEarlier();
        return deleted;
    }

    private async ValueTask<StoredRecord> SwapAsync(LockSwap swap, string file, byte[] body, CancellationToken cancellationToken)
    {
        StoredRecord record;
        using (var inside = await _gates.EnterAsync(file, cancellationToken).ConfigureAwait(false)) record = Swap(in swap, file, body, inside);
        if (swap.Wake is { } woken && record.Version == swap.Version) FileNews.Tell(_layout, woken, swap.Key, record);
        return record;
    }

    /// <summary>The swap itself, while nobody else can change the file: compare, judge by the clock, replace.</summary>
    private StoredRecord Swap(in LockSwap swap, string file, byte[] body, FileGates.Inside inside)
    {
        var now = Clock();
        var current = Read(file, now);
        var asExpected = swap.Expected == 0 ? current.IsFree : current.Version == swap.Expected;
        if (!asExpected || now < swap.NotBefore || now >= swap.NotAfter) return current;

        var fence = (current.IsFree ? Math.Max(Math.Max(current.Fence, inside.Floor), now) : current.Fence) + swap.Draw;
        // Without the file, the next fence starts at the clock: only when that has come to this one can the file go.
        if (body.Length == 0 && fence <= now)
        {
            inside.RaiseFloor(fence);
            File.Delete(file);
        }
        else
        {
            FileRecord.Write(file, swap.Key, swap.Version, fence, body.Length == 0 ? fence : swap.KeepUntil, body, _layout.Sharing);
        }
        return new StoredRecord(swap.Version, fence, swap.Body, now);
    }

    private static StoredRecord Read(string file, long now) =>
        FileRecord.Read(file) is { } record ? new StoredRecord(record.Version, FenceOf(in record, now), record.Body, now) : new StoredRecord(Version: 0, Fence: 0, Body: "", now);

    // What is no record has drawn its tokens in the past, as far as anybody knows.
    private static long FenceOf(in FileRecord record, long now) => record.Key is null ? now : record.Fence;

    private bool IsOver(string file, in FileRecord record, long now) =>
        record.Key is null ? _time.GetUtcNow() - File.GetLastWriteTimeUtc(file) >= FileStarts.Untouched : record.KeepUntil <= now && record.Fence <= now;

    private long Clock() => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
