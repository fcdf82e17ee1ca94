using System.Diagnostics;

namespace GoGoScope.Tool.Tests;

/// <summary>The built tool as a process of its own, with pipes as its standard streams.</summary>
internal sealed class ToolProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly Watchdog _watchdog = new(Directory.CreateTempSubdirectory("gogoscope-").FullName);

    private ToolProcess(ProcessStartInfo start)
    {
        _process = Process.Start(start)!;
        _watchdog.Watch(_process.Id);
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>The command line that starts the tool.</summary>
    internal static string[] Command { get; } = [Programs.DotNet, "exec", typeof(RunSettings).Assembly.Location];

    internal int Id => _process.Id;

    internal bool HasEnded => _process.HasExited;

    internal StreamWriter Input => _process.StandardInput;

    internal StreamReader Output => _process.StandardOutput;

    internal static ToolProcess Start(params IEnumerable<string> args) => StartCommand([.. Command, .. args]);

    /// <summary>Starts any command that starts the tool.</summary>
    internal static ToolProcess StartCommand(IReadOnlyList<string> command, params IEnumerable<(string Name, string Value)> variables)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("GOGOSCOPE_STORE");
        foreach (var (name, value) in variables) start.Environment[name] = value;
        return new ToolProcess(start);
    }

    /// <summary>Runs it to its end.</summary>
    internal static async Task<ToolResult> RunAsync(params IEnumerable<string> args)
    {
        await using var tool = Start(args);
        return await tool.EndAsync();
    }

    /// <summary>The next line that it, or its program, prints.</summary>
    internal async Task<string> LineAsync()
    {
        if (await _process.StandardOutput.ReadLineAsync().Soon() is { } line) return line;
        await _process.WaitForExitAsync().Soon();
        throw new AssertionException($"It has ended with {_process.ExitCode} and printed no line: {await _errors.Soon()}");
    }

    internal Task SignalAsync(string signal) => Signals.SendAsync(signal, _process.Id);

    /// <summary>Its supervisor.</summary>
    internal int Supervisor => Processes.ChildrenOf(_process.Id).Single();

    /// <summary>Closes its input and waits for its end, with what was not read yet.</summary>
    internal async Task<ToolResult> EndAsync()
    {
        _process.StandardInput.Close();
        var output = await _process.StandardOutput.ReadToEndAsync().Soon();
        await _process.WaitForExitAsync().Soon();
        _watchdog.WatchNothing();
        return new ToolResult(_process.ExitCode, output, await _errors.Soon());
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // A test has failed: nothing of it may stay.
            var all = Processes.DescendantsOf(_process.Id);
            await Signals.SendAsync("KILL", [_process.Id, .. all]);
            await _process.WaitForExitAsync();
        }
        await _watchdog.DisposeAsync();
        _process.Dispose();
    }
}

/// <summary>How it has ended, and what was printed.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Errors);
