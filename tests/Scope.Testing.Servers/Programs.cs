using System.Diagnostics;
using System.Runtime.InteropServices;

namespace GoGoScope.Testing;

/// <summary>The programs and users of this machine.</summary>
internal static class Programs
{
    // Not everybody's PATH has the second half.
    private static readonly IEnumerable<string> Folders =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Concat(["/usr/local/sbin", "/usr/sbin", "/sbin"]);

    /// <summary>The host of the runtime that runs the tests: three folders above shared/Microsoft.NETCore.App/&lt;version&gt;/.</summary>
    internal static string DotNet { get; } = Path.GetFullPath(Path.Combine(
        RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    /// <summary>Servers refuse to run as root, so root runs them as somebody else.</summary>
    private static readonly string? OtherUser = new[] { "postgres", "nobody" }.FirstOrDefault(name => Entry(name) is not null);

    internal static string? Find(string program) => Folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary><paramref name="file"/> in each of the folders under <paramref name="parent"/> that has it.</summary>
    internal static IEnumerable<string> Under(string parent, string file) =>
        Directory.Exists(parent) ? Directory.EnumerateDirectories(parent).Select(folder => Path.Combine(folder, file)).Where(File.Exists) : [];

    /// <summary>Why root can't run a server as somebody else; null if that can be done, or need not be.</summary>
    internal static string? WhyNotAsOtherUser()
    {
        if (!Environment.IsPrivilegedProcess) return null;
        if (OtherUser is null) return "it does not run as root, and there is no user postgres or nobody";
        return Find("setpriv") is null ? "it does not run as root, and there is no setpriv (package util-linux)" : null;
    }

    /// <summary>The command, as somebody who is not root.</summary>
    internal static string[] AsOtherUser(params string[] command) => Environment.IsPrivilegedProcess
        ? [Find("setpriv")!, "--reuid", OtherUser!, "--regid", Entry(OtherUser!)![3], "--clear-groups", "--", .. command]
        : command;

    /// <summary>Lets what <see cref="AsOtherUser"/> runs write into <paramref name="folder"/>.</summary>
    internal static Task GiveToOtherUserAsync(string folder) =>
        Environment.IsPrivilegedProcess ? RunAsync("chown", "--recursive", OtherUser!, folder) : Task.CompletedTask;

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
