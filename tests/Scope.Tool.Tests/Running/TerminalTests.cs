namespace GoGoScope.Tool.Tests;

/// <summary>A program under a lock on a terminal, which script(1) makes, as if it were run without one.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
[Platform("Linux")]
[CancelAfter(60_000)]
public sealed class TerminalTests
{
    private const char ControlC = '\x3';
    private const char ControlZ = '\x1a';

    /// <summary>Not what the terminal shows of the command line itself.</summary>
    private const string Echo = "echo rea''dy; while read line; do echo got $line; [ $line = end ] && exit; done";

    [Test]
    public async Task It_reads_from_the_terminal_and_hears_Ctrl_C()
    {
        await using var terminal = Open(Run());
        await SeeAsync(terminal, "ready");

        await terminal.Input.WriteAsync("one\n");
        await SeeAsync(terminal, "got one");
        await terminal.Input.WriteAsync(ControlC);

        Assert.That((await terminal.EndAsync()).ExitCode, Is.EqualTo(130));
    }

    [Test]
    public async Task Ctrl_Z_stops_it_for_the_shell_and_fg_lets_it_go_on()
    {
        await using var terminal = Open("bash --norc -i");
        await terminal.Input.WriteAsync($"{Run()}\n");
        await SeeAsync(terminal, "ready");
        // It has read: the terminal is its own.
        await terminal.Input.WriteAsync("zero\n");
        await SeeAsync(terminal, "got zero");

        await terminal.Input.WriteAsync(ControlZ);
        await SeeAsync(terminal, "[1]+  Stopped");
        await terminal.Input.WriteAsync("fg\n");
        // The shell says what it is that goes on.
        await SeeAsync(terminal, "--ttl 2m");
        await terminal.Input.WriteAsync("one\n");
        await SeeAsync(terminal, "got one");
        await terminal.Input.WriteAsync("end\n");
        await SeeAsync(terminal, "got end");
    }

    [Test]
    public async Task A_supervisor_that_was_stopped_and_goes_on_gives_the_terminal_back_in_the_end()
    {
        await using var terminal = Open(Run("echo \\$PPID; read line; echo got \\$line"));
        var supervisor = Processes.Parse((await terminal.LineAsync())!.TrimEnd());
        await Signals.SendAsync("STOP", supervisor);
        await Signals.SendAsync("CONT", supervisor);

        await terminal.Input.WriteAsync("one\n");
        await SeeAsync(terminal, "got one");

        Assert.That((await terminal.EndAsync()).ExitCode, Is.Zero);
    }

    [Test]
    public async Task Who_waits_for_the_lock_in_a_pipeline_may_be_stopped_and_go_on_in_the_background()
    {
        var key = RunSetUp.NewKey();
        await using var provider = new FileLockProvider(new Uri(RunSetUp.Store).LocalPath);
        var held = await new Lock(CancellationToken.None, new LockOptions { Provider = provider, Key = key }).AcquireAsync();
        await using var terminal = Open("bash --norc -i");
        await terminal.Input.WriteAsync($"{Run("echo rea''dy", key)} | cat\n");
        await Waiting.Until(async () => (await provider.InspectAsync(key)).Waiters.Count == 1, "it waits");

        await terminal.Input.WriteAsync(ControlZ);
        await SeeAsync(terminal, "[1]+  Stopped");
        await terminal.Input.WriteAsync("bg\n");
        await SeeAsync(terminal, "--ttl 2m");
        await held.DisposeAsync();
        await SeeAsync(terminal, "ready");
    }

    /// <summary>The lease is long: nobody knows how long it takes a busy machine to show that it has stopped.</summary>
    private static string Run(string? script = null, string? key = null) =>
        string.Join(' ', [.. ToolProcess.Command, "run", "--store", RunSetUp.Store, "--key", key ?? RunSetUp.NewKey(), "--ttl", "2m", "--", "sh", "-c", $"\"{script ?? Echo.Replace("$", "\\$")}\""]);

    private static ToolProcess Open(string command)
    {
        var terminal = ToolProcess.StartCommand([.. Processes.HearingInterrupts, "script", "--quiet", "--flush", "--return", "--command", command, "/dev/null"], ("TERM", "dumb"), ("PS1", "$ "));
        terminal.Input.AutoFlush = true;
        return terminal;
    }

    private static async Task SeeAsync(ToolProcess terminal, string text)
    {
        var seen = new List<string>();
        try
        {
            while (await terminal.LineAsync() is { } line)
            {
                seen.Add(line);
                if (line.Contains(text, StringComparison.Ordinal)) return;
            }
        }
        catch (TimeoutException)
        {
            seen.Add("and then nothing");
        }
        Assert.Fail($"\"{text}\" was not on the terminal, but {string.Join('\n', seen)}");
    }
}
