using System.Diagnostics;

namespace GoGoScope.Testing;

/// <summary>The programs and users of this machine.</summary>
internal static class Programs
{
    // Not everybody's PATH has the second half.
    private static readonly IEnumerable<string> Folders =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Concat(["/usr/local/sbin", "/usr/sbin", "/sbin"]);

    internal static string? Find(string program) => Folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary><paramref name="file"/> in each of the folders under <paramref name="parent"/> that has it.</summary>
    internal static IEnumerable<string> Under(string parent, string file) =>
        Directory.Exists(parent) ? Directory.EnumerateDirectories(parent).Select(folder => Path.Combine(folder, file)).Where(File.Exists) : [];

    internal static string? FirstUser(params string[] names) => names.FirstOrDefault(name => Entry(name) is not null);

    /// <summary>The number of the user's own group.</summary>
    internal static string GroupOf(string user) => Entry(user)![3];

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has what it said.</exception>
    internal static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {string.Concat(said)}");
    }

    private static string[]? Entry(string user) =>
        File.Exists("/etc/passwd") ? File.ReadLines("/etc/passwd").Select(line => line.Split(':')).FirstOrDefault(entry => entry[0] == user && entry.Length > 3) : null;
}
