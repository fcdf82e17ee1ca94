using System.Buffers.Binary;
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
            return layout.Sharing.Share(File.OpenHandle(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (IsTaken(e))
        {
            return null;
        }
        catch (UnauthorizedAccessException) when (layout.Sharing.IsBeingMade(file))
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
    internal static bool IsTaken(IOException e) => e.HResult == (OperatingSystem.IsWindows() ? unchecked((int)0x80070020) : OperatingSystem.IsMacOS() ? 35 : 11);

    /// <summary>Being inside.</summary>
    internal readonly struct Inside(SemaphoreSlim threads, SafeFileHandle gate) : IDisposable
    {
        /// <summary>
        /// No fence of a record behind this gate that was deleted is later. The clock alone would do, unless it is set back.
        /// </summary>
        internal long Floor
        {
            get
            {
                Span<byte> bytes = stackalloc byte[sizeof(long)];
                return RandomAccess.Read(gate, bytes, fileOffset: 0) == bytes.Length ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : 0;
            }
        }

        /// <summary>Before a record with <paramref name="fence"/> is deleted.</summary>
        internal void RaiseFloor(long fence)
        {
            if (fence <= Floor) return;
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, fence);
            RandomAccess.Write(gate, bytes, fileOffset: 0);
        }

        public void Dispose()
        {
            gate.Dispose();
            threads.Release();
        }
    }
}
