using System.Runtime.Versioning;

namespace GoGoScope.Tool;

/// <summary>
/// The program and all that it has started, directly or not. The supervisor adopts whoever loses its parent, and gogoscope who loses the
/// supervisor, so nobody gets out of the tree, not even by making a session of its own.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class ProgramTree(int program, int ownGroup)
{
    private const int AdoptOrphans = 36;

    /// <summary>Lets this process adopt from now on.</summary>
    internal static void Adopt() => Libc.Control(AdoptOrphans, 1, 0, 0, 0);

    /// <summary>Sends a signal to the program alone.</summary>
    internal void SignalProgram(int signal) => Libc.Kill(program, signal);

    /// <summary>Sends a signal to all in the tree that are in the program's process group, as a terminal does. There are others in that group.</summary>
    internal void SignalGroup(int signal)
    {
        var group = Libc.GroupOf(program);
        foreach (var process in ProcessTable.DescendantsOf(Environment.ProcessId))
        {
            if (Libc.GroupOf(process) == group) Libc.Kill(process, signal);
        }
    }

    /// <summary>Sends a signal to the same, unless that is the group of gogoscope, which hears of the keys of the terminal by itself.</summary>
    internal void SignalTyped(int signal)
    {
        if (Libc.GroupOf(program) != ownGroup) SignalGroup(signal);
    }

    /// <summary>Sends a signal to everybody in the tree.</summary>
    internal static void SignalAll(int signal)
    {
        foreach (var process in ProcessTable.DescendantsOf(Environment.ProcessId)) Libc.Kill(process, signal);
    }
}
