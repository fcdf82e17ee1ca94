using System.Text;

namespace GoGoScope.Tool;

/// <summary>Arguments and environment of this process as they were given, byte for byte: file names need not be UTF-8.</summary>
internal static class ProcessWords
{
    /// <summary>The last arguments of this process, as bytes, where <paramref name="words"/> is what .NET has read them as.</summary>
    internal static IReadOnlyList<byte[]> LastArguments(IReadOnlyList<string> words)
    {
        var given = Read("/proc/self/cmdline").TakeLast(words.Count).ToList();
        return given.Select(word => Readable(Encoding.UTF8.GetString(word))).SequenceEqual(words.Select(Readable)) ? given : [.. words.Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>Without the signs for what is no UTF-8: of some bytes .NET's host, which has read the words, makes one, and its decoder several.</summary>
    private static string Readable(string word) => word.Replace("\uFFFD", "", StringComparison.Ordinal);

    /// <summary>The environment that this process was started with, with <paramref name="added"/> in the place of what had their names.</summary>
    internal static IReadOnlyList<byte[]> Environment(params IReadOnlyList<(string Name, string Value)> added)
    {
        var names = added.Select(variable => Encoding.UTF8.GetBytes(variable.Name + "=")).ToList();
        return
        [
            .. Read("/proc/self/environ").Where(given => !names.Any(name => given.AsSpan().StartsWith(name))),
            .. added.Select(variable => Encoding.UTF8.GetBytes($"{variable.Name}={variable.Value}")),
        ];
    }

    private static List<byte[]> Read(string file)
    {
        var words = new List<byte[]>();
        ReadOnlySpan<byte> rest = File.ReadAllBytes(file);
        while (rest.IndexOf((byte)0) is >= 0 and var end)
        {
            words.Add(rest[..end].ToArray());
            rest = rest[(end + 1)..];
        }
        return words;
    }
}
