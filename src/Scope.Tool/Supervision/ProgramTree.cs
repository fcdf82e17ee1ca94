using System.Runtime.Versioning;

namespace GoGoScope.Tool;

/// <summary>
/// The program and all that it has started, directly or not. The supervisor adopts whoever loses its parent, and gogoscope who loses the
/// supervisor, so nobody gets out of the tree, not even by making a session of its own.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class ProgramTree(int program)
{
    private const int AdoptOrphans = 36;

    /// <summary>Lets this process adopt from now on.</summary>
    internal static void Adopt() => Libc.Control(AdoptOrphans, 1, 0, 0, 0);

    /// <summary>Sends a signal to the program alone.</summary>
    internal void SignalProgram(int signal) => Libc.Kill(program, signal);

    /// <summary>Sends a signal to the program's group, as a terminal does.</summary>
    internal void SignalGroup(int signal) => Libc.Kill(-program, signal);

    /// <summary>Sends a signal to everybody in the tree.</summary>
    internal void SignalAll(int signal)
    {
        SignalGroup(signal);
        foreach (var process in ProcessTable.DescendantsOf(Environment.ProcessId))
        {
            // The others have it.
            if (Libc.GroupOf(process) != program) Libc.Kill(process, signal);
        }
    }

    /// <summary>Sends a signal to everybody who is left when the program has ended.</summary>
    internal static void SignalDescendants(int signal)
    {
        foreach (var process in ProcessTable.DescendantsOf(Environment.ProcessId)) Libc.Kill(process, signal);
    }
}
