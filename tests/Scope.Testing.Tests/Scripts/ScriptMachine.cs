using System.Diagnostics;
using System.Reflection;
using System.Runtime.Versioning;

namespace GoGoScope.Testing.Tests.Scripts;

/// <summary>
/// A machine for a script of this repository: a folder that it takes for the root of the file system, and a PATH with programs
/// that only note how they were called.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class ScriptMachine : IDisposable
{
    /// <summary>What scripts need of any machine.</summary>
    private static readonly string[] Basics = ["bash", "cat", "chmod", "mktemp", "rm"];

    internal static readonly string Repository =
        typeof(ScriptMachine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == nameof(Repository)).Value!;

    private static readonly string[] SystemFolders = ["/usr/lib/", "/usr/sbin/", "/run/", "/etc/"];

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("gogoscope-machine-");

    internal ScriptMachine()
    {
        Directory.CreateDirectory(PathOf("/bin"));
        Directory.CreateDirectory(PathOf("/usr/sbin"));
        foreach (var program in Basics) File.CreateSymbolicLink(PathOf($"/bin/{program}"), Programs.Find(program)!);
    }

    /// <summary>How programs were called, in order: one line for each, the name first.</summary>
    internal IReadOnlyList<string> Calls => File.Exists(PathOf("/calls")) ? File.ReadAllLines(PathOf("/calls")) : [];

    internal string PathOf(string path) => _root.FullName + path;

    internal bool Has(string path) => File.Exists(PathOf(path));

    /// <summary>Puts a program onto the PATH, or elsewhere: it notes its call and does <paramref name="script"/>, in which $root is the machine's.</summary>
    internal void Add(string name, string script = "exit 0", string folder = "/bin")
    {
        Directory.CreateDirectory(PathOf(folder));
        var file = PathOf($"{folder}/{name}");
        File.WriteAllText(file, $"""
            #!{PathOf("/bin/bash")}
            root='{_root.FullName}'
            echo "{name}${"{*:+ $*}"}" >>"$root/calls"
            {script}

            """);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Runs a script of this repository, to its end.</summary>
    internal async Task<(int Code, string Said)> RunAsync(string script)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository, script));
        foreach (var folder in SystemFolders) text = text.Replace(folder, PathOf(folder), StringComparison.Ordinal);
        var moved = PathOf($"/{Path.GetFileName(script)}");
        await File.WriteAllTextAsync(moved, text);

        var start = new ProcessStartInfo(PathOf("/bin/bash"), [moved]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _root.FullName };
        start.Environment.Clear();
        start.Environment["PATH"] = PathOf("/bin");
        start.Environment["TMPDIR"] = _root.FullName;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()).Soon();
        await process.WaitForExitAsync().Soon();
        return (process.ExitCode, string.Concat(said));
    }

    public void Dispose() => _root.Delete(recursive: true);
}
