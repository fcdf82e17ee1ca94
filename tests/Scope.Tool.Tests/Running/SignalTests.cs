using System.Globalization;

namespace GoGoScope.Tool.Tests;

/// <summary>Signals to gogoscope are the program's.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
[Platform("Linux")]
[CancelAfter(60_000)]
public sealed class SignalTests
{
    /// <summary>Says each signal that it hears, and ends with TERM. Shells lose signals while they start something, so it starts one thing, and before that.</summary>
    private const string Listener = """
        (trap '' INT HUP QUIT USR1 USR2 TERM; echo ready; exec sleep 1000 >/dev/null) &
        for signal in INT HUP QUIT USR1 USR2; do trap "echo $signal" $signal; done
        trap 'echo TERM; kill -KILL $!; exit 5' TERM
        echo ready
        while :; do wait; done
        """;

    [Test]
    public async Task They_are_passed_on_and_what_it_makes_of_them_is_its_own()
    {
        await using var tool = Start("sh", "-c", Listener);
        for (var ready = 0; ready < 2; ready++) Assert.That(await tool.LineAsync(), Is.EqualTo("ready"));

        foreach (var signal in new[] { "INT", "HUP", "QUIT", "USR1", "USR2", "TERM" })
        {
            await tool.SignalAsync(signal);
            Assert.That(await tool.LineAsync(), Is.EqualTo(signal));
        }

        var result = await tool.EndAsync();
        Assert.That((result.ExitCode, result.Errors), Is.EqualTo((5, "")));
    }

    [Test]
    public async Task One_that_ends_the_program_ends_its_children_too()
    {
        await using var tool = Start("sh", "-c", "sleep 1000 & echo $!; wait");
        var child = Processes.Parse(await tool.LineAsync());

        await tool.SignalAsync("TERM");

        var result = await tool.EndAsync();
        Assert.That((result.ExitCode, result.Errors), Is.EqualTo((143, "")));
        await Waiting.Until(() => !Processes.IsRunning(child), "the program's child is gone");
    }

    [Test]
    public async Task One_that_is_ignored_by_who_starts_gogoscope_stays_ignored()
    {
        await using var tool = ToolProcess.StartCommand(
            ["sh", "-c", "trap '' HUP; exec \"$@\"", "sh", .. ToolProcess.Command, "run", "--store", RunSetUp.Store, "--key", RunSetUp.NewKey(), "--", "sh", "-c", "echo ready; read line; echo $line"]);
        Assert.That(await tool.LineAsync(), Is.EqualTo("ready"));

        await tool.SignalAsync("HUP");
        await tool.Input.WriteLineAsync("still here");

        var result = await tool.EndAsync();
        Assert.That((result.ExitCode, result.Output), Is.EqualTo((0, "still here\n")));
    }

    [Test]
    public async Task What_is_ignored_by_who_starts_gogoscope_is_ignored_by_the_program_but_for_three()
    {
        const string Shown = "SigIgn:\t";
        int[] stay = [Signal.Hangup, Signal.Interrupt, Signal.Quit, Signal.User1, Signal.User2, Signal.TerminalStop, Signal.TerminalInput, Signal.TerminalOutput];
        int[] are = [.. stay, Signal.Terminate, Signal.BrokenPipe, Signal.Child];
        await using var tool = ToolProcess.StartCommand(
            ["env", "--default-signal", $"--ignore-signal={string.Join(',', are)}", .. ToolProcess.Command, "run", "--store", RunSetUp.Store, "--key", RunSetUp.NewKey(), "--", "grep", Shown, "/proc/self/status"]);

        var ignored = ulong.Parse((await tool.EndAsync()).Output[Shown.Length..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Assert.That(Enumerable.Range(1, 31).Where(signal => (ignored & 1UL << signal - 1) != 0), Is.EqualTo(stay));
    }

    [Test]
    public async Task Those_that_a_service_manager_sends_to_all_processes_leave_the_end_to_the_program()
    {
        // One that it gets from gogoscope is its second: its end, on the first, could overtake the signal that is on its way to gogoscope.
        // What it has started gets the second one, too, and may be gone before it is killed.
        const string EndsWithTheSecond = """
            trap 'if test $heard; then kill -KILL $! 2>/dev/null; exit 5; fi; heard=once; echo heard' TERM
            echo $$
            read line
            sleep 1000 >/dev/null &
            echo $line
            while :; do wait; done
            """;
        await using var tool = Start("sh", "-c", EndsWithTheSecond);
        var program = Processes.Parse(await tool.LineAsync());
        var supervisor = tool.Supervisor;

        foreach (var signal in new[] { "INT", "HUP", "QUIT", "USR1", "USR2", "TERM" }) await Signals.SendAsync(signal, supervisor);
        await tool.Input.WriteLineAsync("still here");
        await tool.Input.FlushAsync();
        Assert.That(await tool.LineAsync(), Is.EqualTo("still here"));
        await Signals.SendAsync("TERM", supervisor, program);
        Assert.That(await tool.LineAsync(), Is.EqualTo("heard"));
        await tool.SignalAsync("TERM");

        var result = await tool.EndAsync();
        Assert.That((result.ExitCode, result.Errors), Is.EqualTo((5, "")));
    }

    [Test]
    public async Task One_that_comes_during_the_wait_ends_gogoscope_and_nothing_is_run()
    {
        var key = RunSetUp.NewKey();
        await using var holder = ToolProcess.Start("run", "--store", RunSetUp.Store, "--key", key, "--", "sh", "-c", "echo ready; read line");
        await holder.LineAsync();
        await using var waiter = ToolProcess.Start("run", "--store", RunSetUp.Store, "--key", key, "--", "echo", "ran");
        await using var provider = new FileLockProvider(new Uri(RunSetUp.Store).LocalPath);
        await Waiting.Until(async () => (await provider.InspectAsync(key)).Waiters.Count == 1, "it waits");

        await waiter.SignalAsync("TERM");

        var result = await waiter.EndAsync();
        Assert.That((result.ExitCode, result.Output, result.Errors), Is.EqualTo((143, "", "")));
        Assert.That((await provider.InspectAsync(key)).Waiters, Is.Empty, "it has left the queue");
    }

    [Test]
    public void All_that_come_while_the_program_is_started_are_passed_on_and_none_after_the_end()
    {
        var passedOn = new List<int>();
        var signals = new ForwardedSignals();
        signals.Receive(Signal.User1);
        signals.Receive(Signal.Terminate);

        Assert.That((signals.Stopping, signals.Stop.IsCancellationRequested), Is.EqualTo(((int?)Signal.User1, true)));
        signals.ForwardTo(passedOn.Add);
        signals.Receive(Signal.User2);
        signals.Dispose();
        signals.Receive(Signal.Hangup);

        Assert.That(passedOn, Is.EqualTo([Signal.User1, Signal.Terminate, Signal.User2]));
    }

    [Test]
    public void One_that_is_on_its_way_when_gogoscope_ends_disturbs_nobody()
    {
        var signals = new ForwardedSignals();
        signals.Dispose();

        Assert.That(() => signals.Receive(Signal.Terminate), Throws.Nothing);
    }

    private static ToolProcess Start(params IEnumerable<string> program) =>
        ToolProcess.StartCommand([.. Signals.Hearing, .. ToolProcess.Command, "run", "--store", RunSetUp.Store, "--key", RunSetUp.NewKey(), "--", .. program]);
}
