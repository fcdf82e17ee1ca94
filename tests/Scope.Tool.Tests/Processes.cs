using System.Globalization;

namespace GoGoScope.Tool.Tests;

/// <summary>The machine's processes.</summary>
internal static class Processes
{
    internal static IReadOnlyList<int> ChildrenOf(int parent) =>
    [
        .. from folder in Directory.EnumerateDirectories("/proc")
           let id = int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0
           where id != 0 && Signals.Stat(id)?.Parent == parent.ToString(CultureInfo.InvariantCulture)
           select id,
    ];

    internal static IReadOnlyList<int> DescendantsOf(int ancestor) => [.. ChildrenOf(ancestor).SelectMany(child => DescendantsOf(child).Prepend(child))];

    /// <summary>Whether it is there, and not only what is left of it until somebody asks for its exit code.</summary>
    internal static bool IsRunning(int id) => Signals.Stat(id) is { State: not "Z" };

    /// <summary>What a process is and does, for a test that waits for it in vain.</summary>
    internal static string Describe(int id)
    {
        try
        {
            return $"{File.ReadAllText($"/proc/{id}/stat").TrimEnd()}: {File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ')}";
        }
        catch (IOException)
        {
            return $"{id} has ended";
        }
    }

    internal static int Parse(string? line) => int.Parse(line!, CultureInfo.InvariantCulture);
}
