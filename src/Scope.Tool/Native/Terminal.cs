using System.Runtime.Versioning;

namespace GoGoScope.Tool;

/// <summary>The terminal of this session, if there is one.</summary>
[SupportedOSPlatform("linux")]
internal static class Terminal
{
    private const string Path = "/dev/tty";
    private const int ReadOnly = 0;

    /// <summary>Whether its keys go to the process group of this process: what Ctrl+C is to end hears of it without gogoscope, if it is in that group.</summary>
    internal static bool IsOurs
    {
        get
        {
            var file = Libc.Open(Path, ReadOnly);
            if (file < 0) return false;
            var foreground = Libc.ForegroundGroup(file);
            Libc.Close(file);
            return foreground == Libc.GroupOf(0);
        }
    }
}
