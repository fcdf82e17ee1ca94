using Microsoft.Win32.SafeHandles;

namespace GoGoScope;

/// <summary>
/// Each start of the machine has a directory of its own. Containers and sandboxes may show the processes in them a start that is none of the
/// machine's; such processes would lock beside all others, and take what these hold for what an earlier start has left. So each process keeps a
/// lock on a file in the directory of its start, and looks whether anybody does so in another one.
/// </summary>
internal sealed class FileStarts(FileLayout layout)
{
    // Who looks keeps it alone for a moment, which must not be taken for use.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    // What doesn't see the locks of others either, as some sandboxes don't, changes its records now and then.
    private static readonly TimeSpan Untouched = TimeSpan.FromHours(1);

    // Open until the process ends, or whoever has it is collected. After the directory was deleted it keeps nothing any more.
    private SafeFileHandle? _use;

    /// <summary>From now on, others can see that this start is in use.</summary>
    /// <exception cref="IOException">Another one is.</exception>
    internal void Use()
    {
        if (!OperatingSystem.IsLinux()) return;
        Keep();
        try
        {
            // In this order: of two that begin at the same time, one sees the other.
            foreach (var start in layout.OtherStarts())
            {
                using var unused = TakeAlone(start, out var isUsed);
                if (isUsed) throw InUse(start);
            }
        }
        catch
        {
            _use!.Dispose();
            throw;
        }
    }

    /// <summary>Deletes what earlier starts have left, an hour after it was changed.</summary>
    /// <exception cref="IOException">Another one is in use.</exception>
    internal void DeleteEarlier()
    {
        foreach (var start in layout.OtherStarts())
        {
            using var unused = TakeAlone(start, out var isUsed);
            if (isUsed) throw InUse(start);
            if (IsUntouched(start)) Directory.Delete(start, recursive: true);
        }
    }

    private void Keep()
    {
        var file = InUseFile(layout.Start);
        SpinWait.SpinUntil(
            () =>
            {
                try
                {
                    _use = layout.Sharing.Share(File.OpenHandle(file, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read));
                    return true;
                }
                catch (IOException e) when (FileGates.IsTaken(e))
                {
                    return false;
                }
                catch (UnauthorizedAccessException) when (layout.Sharing.IsBeingMade(file))
                {
                    return false;
                }
            },
            Patience);
        if (_use is null) throw new IOException($"\"{file}\" is locked: somebody else keeps it alone.");
    }

    /// <summary>Whether anybody uses <paramref name="start"/>. If nobody does, nobody begins to while what is returned is open.</summary>
    private static SafeFileHandle? TakeAlone(string start, out bool isUsed)
    {
        SafeFileHandle? alone = null;
        isUsed = !SpinWait.SpinUntil(
            () =>
            {
                try
                {
                    alone = File.OpenHandle(InUseFile(start), FileMode.Open, FileAccess.Read, FileShare.None);
                    return true;
                }
                catch (IOException e) when (FileGates.IsTaken(e))
                {
                    return false;
                }
                catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
                {
                    // Somebody cleans up behind programs, or just has, or it is another user's: then only what it looks like can tell.
                    return true;
                }
            },
            Patience);
        return alone;
    }

    private static bool IsUntouched(string start) =>
        TimeProvider.System.GetUtcNow().UtcDateTime - Directory.GetLastWriteTimeUtc(FileLayout.RecordsOf(start)) > Untouched;

    private static string InUseFile(string start) => Path.Combine(start, "in-use");

    private IOException InUse(string start) => new(
        $"Processes that use this directory of locks see different starts of the machine, so they would not see each other: somebody uses \"{start}\", and for this process it is \"{layout.Start}\". " +
        "Containers and sandboxes may show a /proc/sys/kernel/random/boot_id of their own: let all show the machine's, or use different directories.");
}
