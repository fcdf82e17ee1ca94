using Microsoft.Win32.SafeHandles;

namespace GoGoScope;

/// <summary>
/// Each start of the machine has a directory of its own. Containers and sandboxes may show the processes in them a start that is none of the
/// machine's; such processes would lock beside all others, and take what these hold for what an earlier start has left. So each process keeps a
/// lock on a file in the directory of its start, and looks whether anybody does so in another one.
/// </summary>
internal sealed class FileStarts(FileLayout layout)
{
    // Who looks keeps it alone, or shares it, for a moment, which must not be taken for use.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    // What doesn't see the locks of others either, as some sandboxes don't, changes its records now and then.
    internal static readonly TimeSpan Untouched = TimeSpan.FromHours(1);

    private enum Company
    {
        Nobody,
        WhoLooksOrDeletes,
        Users,
    }

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
                var company = LookInto(start, out var alone);
                alone?.Dispose();
                if (company == Company.Users) throw InUse(start);
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
            var company = LookInto(start, out var alone);
            using (alone)
            {
                if (company == Company.Users) throw InUse(start);
                if (company == Company.Nobody && FileLayout.IsOfLocks(start) && IsUntouched(start)) Directory.Delete(start, recursive: true);
            }
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

    /// <summary>Who has to do with <paramref name="start"/>. If nobody has, nobody begins to use it while <paramref name="alone"/> is open.</summary>
    private static Company LookInto(string start, out SafeFileHandle? alone)
    {
        var company = Company.Users;
        SafeFileHandle? taken = null;
        SpinWait.SpinUntil(
            () =>
            {
                if (TryOpen(start, FileShare.None, out taken))
                {
                    company = Company.Nobody;
                    return true;
                }
                // Those who use it share it. So who is refused that, too, knows that nobody does, though somebody else has it alone.
                company = TryOpen(start, FileShare.Read, out var shared) ? Company.Users : Company.WhoLooksOrDeletes;
                shared?.Dispose();
                return false;
            },
            Patience);
        alone = taken;
        return company;
    }

    /// <summary>False if others have it open in a way that excludes this one.</summary>
    private static bool TryOpen(string start, FileShare share, out SafeFileHandle? opened)
    {
        opened = null;
        try
        {
            opened = File.OpenHandle(InUseFile(start), FileMode.Open, FileAccess.Read, share);
        }
        catch (IOException e) when (FileGates.IsTaken(e))
        {
            return false;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            // Somebody cleans up behind programs, or just has, or it is another user's: then only what it looks like can tell.
        }
        return true;
    }

    private static bool IsUntouched(string start) =>
        TimeProvider.System.GetUtcNow().UtcDateTime - Directory.GetLastWriteTimeUtc(FileLayout.RecordsOf(start)) > Untouched;

    private static string InUseFile(string start) => Path.Combine(start, "in-use");

    private IOException InUse(string start) => new(
        $"Processes that use this directory of locks see different starts of the machine, so they would not see each other: somebody uses \"{start}\", and for this process it is \"{layout.Start}\". " +
        "Containers and sandboxes may show a /proc/sys/kernel/random/boot_id of their own: let all show the machine's, or use different directories.");
}
