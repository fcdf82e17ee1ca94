using System.Diagnostics;
using System.Globalization;

namespace GoGoScope.Quickstart.Tests;

/// <summary>The built program as a process of its own, with its output redirected as in a pipe.</summary>
internal sealed class QuickstartProcess : IDisposable
{
    private const int Interrupt = 2;

    private readonly Process _process;
    private readonly Task<string> _errors;

    private QuickstartProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public static QuickstartProcess Start(params string[] args)
    {
        string[] command = [.. Signals.Hearing, Programs.DotNet, "exec", typeof(Settings).Assembly.Location, .. args];
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TMPDIR"] = RunSetUp.TemporaryDirectory;
        return new(Process.Start(start)!);
    }

    /// <summary>Runs the program to its end.</summary>
    public static Task<ProcessResult> RunAsync(CancellationToken cancellationToken, params string[] args) => RunWithInputAsync("", cancellationToken, args);

    /// <summary>Runs the program to its end with <paramref name="input"/> on standard input.</summary>
    public static async Task<ProcessResult> RunWithInputAsync(string input, CancellationToken cancellationToken, params string[] args)
    {
        using var program = Start(args);
        try
        {
            await program._process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            program._process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading its input.
        }
        return await program.EndAsync(cancellationToken);
    }

    public ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken) => _process.StandardOutput.ReadLineAsync(cancellationToken);

    /// <summary>What Ctrl+C does on a terminal.</summary>
    public Task InterruptAsync(CancellationToken cancellationToken) => SignalAsync($"{Interrupt}", [_process.Id], cancellationToken);

    /// <summary>Ends it at once, and nobody else.</summary>
    public void Kill() => _process.Kill();

    /// <summary>The processes that it has started and that still run. Linux only.</summary>
    public IReadOnlyList<int> Children() =>
    [
        .. from folder in Directory.EnumerateDirectories("/proc")
           where int.TryParse(Path.GetFileName(folder), out _)
           let process = int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture)
           where ParentOf(process) == _process.Id
           select process,
    ];

    /// <summary>Whether a process is there, and not only what is left of it until somebody asks for its exit code.</summary>
    public static bool IsRunning(int process) => ParentOf(process) is not null;

    public static async Task SignalAsync(string signal, IEnumerable<int> processes, CancellationToken cancellationToken)
    {
        using var kill = Process.Start("sh", ["-c", $"kill -{signal} {string.Join(' ', processes)}"]);
        await kill.WaitForExitAsync(cancellationToken);
        Assert.That(kill.ExitCode, Is.Zero);
    }

    /// <summary>Waits for the end, with what was printed since the last <see cref="ReadLineAsync"/>.</summary>
    public async Task<ProcessResult> EndAsync(CancellationToken cancellationToken)
    {
        var output = await _process.StandardOutput.ReadToEndAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        return new(_process.ExitCode, Lines(output), Lines(await _errors));
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private static int? ParentOf(int process)
    {
        try
        {
            // pid (name) state parent …
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ') is [not "Z", var parent, ..] ? int.Parse(parent, CultureInfo.InvariantCulture) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n') is { Length: > 0 } some ? some.Split('\n') : [];
}

/// <summary>How a process ended, and what it printed.</summary>
internal sealed record ProcessResult(int ExitCode, string[] Output, string[] Errors);
