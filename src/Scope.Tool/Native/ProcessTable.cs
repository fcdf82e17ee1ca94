using System.Globalization;
using System.Runtime.Versioning;

namespace GoGoScope.Tool;

/// <summary>The machine's processes, as /proc has them at a moment.</summary>
[SupportedOSPlatform("linux")]
internal static class ProcessTable
{
    // Of the words of /proc/…/stat after the name, as proc(5) has them.
    private const int ThreadsWord = 17;
    private const int StartWord = 19;

    /// <summary>
    /// The children of a process, their children, and so on, that still run: what is left of one that was killed, until somebody asks for its
    /// exit code, does not, and has no children. Somebody whose first thread has ended looks like that, and has others.
    /// </summary>
    /// <param name="ancestor">Their number is not among them.</param>
    /// <param name="others">Who is left out, and with them their own descendants.</param>
    /// <param name="folder">Where the kernel shows processes.</param>
    internal static IReadOnlyList<ProcessIdentity> DescendantsOf(int ancestor, IReadOnlySet<ProcessIdentity>? others = null, string folder = "/proc")
    {
        var children = All(folder)
            .Where(process => process.State != "Z" || process.Threads > 1)
            .Where(process => others?.Contains(process.Identity) != true)
            .ToLookup(process => process.Parent, process => process.Identity);
        var found = new List<ProcessIdentity>(children[ancestor]);
        for (var i = 0; i < found.Count; i++) found.AddRange(children[found[i].Id]);
        return found;
    }

    private static IEnumerable<Entry> All(string processes)
    {
        foreach (var folder in Directory.EnumerateDirectories(processes))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Read(id, folder) is { } process) yield return process;
        }
    }

    private static Entry? Read(int id, string folder)
    {
        try
        {
            // pid (name) state parent …, where the name may hold anything.
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            var words = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var identity = new ProcessIdentity(id, ulong.Parse(words[StartWord], CultureInfo.InvariantCulture));
            return new Entry(identity, words[0], int.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[ThreadsWord], CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is somebody else's on a machine that shows nobody those.
            return null;
        }
    }

    private sealed record Entry(ProcessIdentity Identity, string State, int Parent, int Threads);
}
