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
        // The shell hears of gogoscope. The program may be about to stop, and reads what is typed until it does.
        await Waiting.Until(() => Processes.DescendantsOf(terminal.Id).Count(id => Signals.Stat(id) is { State: "T" }) == 2, "the program has stopped, too");
        await terminal.Input.WriteAsync("fg\n");
        // The shell says what it is that goes on.
        await SeeAsync(terminal, "--ttl 2m");
        await terminal.Input.WriteAsync("one\n");
        await SeeAsync(terminal, "got one");
        await terminal.Input.WriteAsync("end\n");
        await SeeAsync(terminal, "got end");
    }

    [Test]
    public async Task Ctrl_Z_stops_nobody_where_no_shell_could_let_it_go_on()
    {
        // Two commands: the shell does not make way for the second.
        await using var terminal = Open($"true && {Run()} && true");
        await SeeAsync(terminal, "ready");

        await terminal.Input.WriteAsync(ControlZ);
        await terminal.Input.WriteAsync("one\n");
        await SeeAsync(terminal, "got one");
        await terminal.Input.WriteAsync("end\n");

        Assert.That((await terminal.EndAsync()).ExitCode, Is.Zero);
    }

    [Test]
    public async Task Another_of_the_pipeline_may_read_from_the_terminal()
    {
        await using var terminal = Open("bash --norc -i");
        await terminal.Input.WriteAsync($"{Run("echo rea''dy; read line </dev/null; sleep 1000")} | sh -c 'read line; echo $line; read line </dev/tty; echo got $line; exec sleep 1000'\n");
        await SeeAsync(terminal, "ready");

        await terminal.Input.WriteAsync("one\n");
        await SeeAsync(terminal, "got one");
        await terminal.Input.WriteAsync($"{ControlC}echo status $?\n");
        await SeeAsync(terminal, "status 130");
    }

    [Test]
    public async Task The_program_may_ask_at_the_terminal_though_its_streams_all_go_elsewhere()
    {
        await using var terminal = Open($"{Run("echo rea''dy >/dev/tty; read line </dev/tty; echo got \\$line >/dev/tty")} </dev/null >/dev/null 2>&1");
        await SeeAsync(terminal, "ready");

        await terminal.Input.WriteAsync("one\n");
        await SeeAsync(terminal, "got one");
        Assert.That((await terminal.EndAsync()).ExitCode, Is.Zero);
    }

    [Test]
    public async Task A_shell_that_it_runs_is_as_good_as_any()
    {
        await using var terminal = Open($"{Run("exec bash --norc -i")}");
        await terminal.Input.WriteAsync("sh -c 'echo rea''dy; read line; echo got $line; read line'\n");
        await SeeAsync(terminal, "ready");
        await terminal.Input.WriteAsync("one\n");
        await SeeAsync(terminal, "got one");

        await terminal.Input.WriteAsync(ControlZ);
        await SeeAsync(terminal, "[1]+  Stopped");
        await terminal.Input.WriteAsync("fg\n");
        await SeeAsync(terminal, "sh -c");
        await terminal.Input.WriteAsync($"two\nexit 3\n");

        Assert.That((await terminal.EndAsync()).ExitCode, Is.EqualTo(3));
    }

    [Test]
    public async Task A_script_ends_with_Ctrl_C_too()
    {
        await using var terminal = Open($"bash -c 'for i in 1 2; do {Run().Replace("'", "'\\''")}; echo after; done'");
        await SeeAsync(terminal, "ready");
        await terminal.Input.WriteAsync("one\n");
        await SeeAsync(terminal, "got one");

        await terminal.Input.WriteAsync(ControlC);

        var result = await terminal.EndAsync();
        Assert.That((result.ExitCode, result.Output), Is.EqualTo((130, "^C")));
    }

    [TestCase("")]
    [TestCase("setsid ")]
    public async Task Ctrl_C_reaches_the_program_once_also_if_it_has_left_the_process_group(string leave)
    {
        await using var terminal = Open(Run($"exec {leave}sh -c 'trap \"echo heard\" INT; trap \"echo passed on\" USR1; echo from $PPID; until [ x$line = xend ]; do read line && echo got $line; done'".Replace("\"", "\\\"").Replace("$", "\\$")));
        var supervisor = Processes.Parse((await SeeAsync(terminal, "from "))[^1].Split(' ')[^1].TrimEnd());
        var gogoscope = Processes.Parse(Signals.Stat(supervisor)!.Value.Parent);

        var again = 0;
        for (var i = 0; i < 4; i++)
        {
            await terminal.Input.WriteAsync(ControlC);
            await SeeAsync(terminal, "heard");
            // Goes the same way as what gogoscope passes on of the terminal's keys.
            await Signals.SendAsync("USR1", gogoscope);
            again += (await SeeAsync(terminal, "passed on")).Count(line => line.Contains("heard", StringComparison.Ordinal));
        }
        Assert.That(again, Is.LessThanOrEqualTo(1), "what comes as the program starts may come twice, the second time after what came later");
        await terminal.Input.WriteAsync("end\n");
        await SeeAsync(terminal, "got end");
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
        var terminal = ToolProcess.StartCommand([.. Signals.Hearing, "script", "--quiet", "--flush", "--return", "--command", command, "/dev/null"], ("TERM", "dumb"), ("PS1", "$ "));
        terminal.Input.AutoFlush = true;
        return terminal;
    }

    /// <summary>Returns what stood on the terminal since the last time, to the line with <paramref name="text"/>.</summary>
    private static async Task<List<string>> SeeAsync(ToolProcess terminal, string text)
    {
        var seen = new List<string>();
        try
        {
            while (true)
            {
                var line = await terminal.LineAsync();
                seen.Add(line);
                if (line.Contains(text, StringComparison.Ordinal)) return seen;
            }
        }
        catch (Exception e) when (e is TimeoutException or AssertionException)
        {
            seen.Add(e is TimeoutException ? "and then nothing, while there is" : e.Message);
            seen.AddRange(Processes.DescendantsOf(terminal.Id).Select(Processes.Describe));
        }
        throw new AssertionException($"\"{text}\" was not on the terminal, but {string.Join('\n', seen)}");
    }
}
