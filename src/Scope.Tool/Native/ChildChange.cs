using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace GoGoScope.Tool;

/// <summary>What has become of a child process: it has exited, or was killed.</summary>
/// <param name="Process">Which one.</param>
/// <param name="Kind">What has happened.</param>
/// <param name="Number">The exit code, or the signal.</param>
[SupportedOSPlatform("linux")]
internal readonly unsafe record struct ChildChange(int Process, ChildChangeKind Kind, int Number)
{
    private const int AnyChild = 0;
    private const int OneChild = 1;
    private const int Exited = 0x04;
    private const int LeaveIt = 0x01000000;
    private const int Interrupted = 4;
    private const int InfoLength = 128;

    /// <summary>Whoever has started gogoscope may ignore the ends of children, which is inherited, and then nobody could wait for one.</summary>
    internal static void AllowWaiting() => Libc.SetHandler(Signal.Child, handler: 0);

    /// <summary>Waits for the next change of any child, without taking it; null if there is no child.</summary>
    internal static ChildChange? Wait() => Wait(AnyChild, 0, Exited | LeaveIt);

    /// <summary>Takes it: the number may be that of another process from then on.</summary>
    internal void Take() => Wait(OneChild, Process, Exited);

    private static ChildChange? Wait(int kind, int id, int options)
    {
        ulong* info = stackalloc ulong[InfoLength / sizeof(ulong)];
        while (Libc.WaitFor(kind, id, (byte*)info, options) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted) return null;
        }
        // The kernel's siginfo_t: si_signo, si_errno, si_code, and from where a pointer could stand si_pid, si_uid, si_status.
        var numbers = (int*)info;
        var child = numbers + (sizeof(nint) == sizeof(long) ? 4 : 3);
        return new ChildChange(child[0], (ChildChangeKind)numbers[2], child[2]);
    }
}

/// <summary>The kernel's numbers of what becomes of a child.</summary>
internal enum ChildChangeKind
{
    Exited = 1,
    Killed = 2,
    Dumped = 3,
}
