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

    // Somebody may always be starting somebody.
    private const int MostWalks = 10;

    /// <summary>Lets this process adopt from now on.</summary>
    internal static void Adopt() => Libc.Control(AdoptOrphans, 1, 0, 0, 0);

    /// <summary>Sends a signal to the program alone.</summary>
    internal void SignalProgram(int signal) => Libc.Kill(program, signal);

    /// <summary>Sends a signal to all in the tree that are in the program's process group, as a terminal does. There are others in that group.</summary>
    internal void SignalGroup(int signal)
    {
        var group = Libc.GroupOf(program);
        Signal(signal, process => Libc.GroupOf(process) == group);
    }

    /// <summary>Sends a signal to the same, unless that is the group of gogoscope, which hears of the keys of the terminal by itself.</summary>
    internal void SignalTyped(int signal)
    {
        if (Libc.GroupOf(program) != ownGroup) SignalGroup(signal);
    }

    /// <summary>Sends a signal to everybody in the tree.</summary>
    internal static void SignalAll(int signal) => Signal(signal, static _ => true);

    /// <summary>Once to each. Who was started during a walk through the tree may not have been seen: it is walked until nobody new is found.</summary>
    private static void Signal(int signal, Func<int, bool> isMeant)
    {
        var known = new HashSet<int>();
        for (var walk = 0; walk < MostWalks; walk++)
        {
            var found = ProcessTable.DescendantsOf(Environment.ProcessId).Select(process => process.Id).Where(known.Add).ToList();
            if (found.Count == 0) return;
            foreach (var process in found.Where(isMeant)) Libc.Kill(process, signal);
        }
    }
}
