using Microsoft.Win32.SafeHandles;

namespace GoGoScope;

/// <summary>
/// Who is inside a gate is alone with the records behind it: no other process and no other thread of this one changes them. The
/// system opens the gate when a process dies.
/// </summary>
/// <remarks>
/// A process that is stopped (SIGSTOP, a debugger) in the fraction of a millisecond that it is inside keeps its gate shut until it goes on or is
/// killed. Nobody is granted anything twice by that; others behind the same gate can't acquire or renew meanwhile.
/// </remarks>
internal sealed class FileGates(FileLayout layout)
{
    internal const int Count = 64;

    private const int TriesAtOnce = 20;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(1);

    // Threads of this process wait here, in their order, and don't try in vain.
    private readonly SemaphoreSlim[] _threads = [.. Enumerable.Range(0, Count).Select(static _ => new SemaphoreSlim(1, 1))];

    /// <summary>Returns inside the gate of <paramref name="recordFile"/>; disposing the result leaves.</summary>
    internal async ValueTask<Inside> EnterAsync(string recordFile, CancellationToken cancellationToken)
    {
        var gate = FileLayout.GateOf(recordFile);
        var threads = _threads[gate];
        await threads.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return new Inside(threads, await OpenAsync(layout.GateFile(gate), cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            threads.Release();
            throw;
        }
    }

    /// <summary>Some file systems take a lock and don't keep it, and .NET can be told not to ask for any.</summary>
    /// <exception cref="IOException">Two can be inside at once.</exception>
    internal void CheckThatTheyLock()
    {
        var file = layout.GateFile(Count);
        using var first = TryOpen(file);
        // Another process may be checking at the same moment, which shows just as well that they lock.
        if (first is null) return;
        using var second = TryOpen(file);
        if (second is not null)
            throw new IOException($"Locks on files have no effect in \"{Path.GetDirectoryName(file)}\": use a directory on a local disk, and don't set DOTNET_SYSTEM_IO_DISABLEFILELOCKING.");
    }

    private async ValueTask<SafeFileHandle> OpenAsync(string file, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryOpen(file) is { } opened) return opened;
            if (tries < TriesAtOnce) await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            else await Task.Delay(BetweenTries, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }

    private SafeFileHandle? TryOpen(string file)
    {
        try
        {
            return File.OpenHandle(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (IsTaken(e))
        {
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody has deleted it, with all locks.
            layout.MakeDirectories();
            return null;
        }
    }

    // Goes away by itself when tried again; a full disk does not, and its exception is let through.
    private static bool IsTaken(IOException e) => e.HResult == (OperatingSystem.IsWindows() ? unchecked((int)0x80070020) : OperatingSystem.IsMacOS() ? 35 : 11);

    /// <summary>Being inside.</summary>
    internal readonly struct Inside(SemaphoreSlim threads, SafeFileHandle gate) : IDisposable
    {
        public void Dispose()
        {
            gate.Dispose();
            threads.Release();
        }
    }
}
