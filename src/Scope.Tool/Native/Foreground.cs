using System.Runtime.Versioning;

namespace GoGoScope.Tool;

/// <summary>
/// Who the keys of the terminal go to. Only the group in the foreground may read from it, and Ctrl+C reaches that group alone; so the
/// program's group has to be there as long as it runs.
/// </summary>
/// <param name="terminal">The file of the terminal.</param>
/// <param name="own">The group of gogoscope itself, as the shell has put it there.</param>
[SupportedOSPlatform("linux")]
internal sealed class Foreground(int terminal, int own)
{
    private const nint Ignore = 1;

    /// <summary>The terminal of this session, if one of the standard streams is it; null if not.</summary>
    internal static Foreground? Find(int own)
    {
        for (var file = 0; file <= 2; file++)
        {
            if (Libc.ForegroundGroup(file) >= 0) return new Foreground(file, own);
        }
        return null;
    }

    /// <summary>Lets this process change the foreground from the background: the signal that would stop it is ignored from now on.</summary>
    internal static void AllowChanges() => Libc.SetHandler(Signal.TerminalOutput, Ignore);

    /// <summary>Whether the keys go to gogoscope itself.</summary>
    internal bool IsOwn => Is(own);

    /// <summary>Whether the keys go to <paramref name="group"/>.</summary>
    internal bool Is(int group) => Libc.ForegroundGroup(terminal) == group;

    /// <summary>Hands the keys over, if they are gogoscope's to give.</summary>
    internal void Give(int group)
    {
        if (IsOwn) Libc.SetForegroundGroup(terminal, group);
    }

    /// <summary>Takes them back from <paramref name="group"/>.</summary>
    internal void TakeBack(int group)
    {
        if (Is(group)) Libc.SetForegroundGroup(terminal, own);
    }
}
