namespace GoGoScope.Tool.Tests;

/// <summary>Somebody of the three processes, gogoscope, supervisor and program, is killed or stands still.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
[Platform("Linux")]
[CancelAfter(60_000)]
public sealed class DeathTests
{
    /// <summary>Has a child, another one in a session of its own, and a grandchild without a parent, and says all four processes.</summary>
    internal const string Family = $"{Children}; {SayAll}; wait";

    internal const string Children = "sleep 1000 & a=$!; setsid sleep 1000 & b=$!; c=$(setsid sleep 1000 >/dev/null & echo $!)";
    internal const string SayAll = "echo $$ $a $b $c";

    [Test]
    public async Task When_gogoscope_is_killed_nothing_is_left_of_the_program_long_before_the_lease_ends()
    {
        await using var killed = ToolProcess.Start("run", "--store", RunSetUp.Store, "--key", RunSetUp.NewKey(), "--ttl", "1h", "--", "sh", "-c", Family);
        var family = await FamilyAsync(killed);

        await killed.SignalAsync("KILL");

        await Waiting.Until(() => !family.Any(Processes.IsRunning), "all of them are gone");
    }

    [Test]
    public async Task When_all_of_the_process_group_stand_still_the_program_ends_with_its_lease()
    {
        await using var tool = ToolProcess.StartCommand([
            "setsid", .. ToolProcess.Command, "run", "--store", RunSetUp.Store, "--key", RunSetUp.NewKey(), "--ttl", "4s", "--grace", "100ms", "--", "sh", "-c", Family]);
        var family = await FamilyAsync(tool);
        await UntilOutOfTheGroupAsync(tool.Supervisor);

        await Signals.SendAsync("STOP", -tool.Id);

        await Waiting.Until(() => !family.Any(Processes.IsRunning), "all of them are gone");
        await tool.SignalAsync("CONT");
        Assert.That((await tool.EndAsync()).ExitCode, Is.EqualTo(113));
    }

    [Test]
    public async Task A_program_that_does_not_listen_is_killed_before_the_lease_of_a_killed_gogoscope_ends()
    {
        var key = RunSetUp.NewKey();
        await using var killed = ToolProcess.Start("run", "--store", RunSetUp.Store, "--key", key, "--ttl", "6s", "--grace", "100ms", "--", "sh", "-c", $"trap '' TERM; {Family}; read line");
        var family = await FamilyAsync(killed);
        await using var rival = await Rival.WaitAsync(key, family);

        await killed.SignalAsync("KILL");

        Assert.That((await rival.EndAsync()).Output, Is.EqualTo(Rival.Alone));
        await Waiting.Until(() => !family.Any(Processes.IsRunning), "all of them are gone");
    }

    [Test]
    public async Task When_gogoscope_stands_still_the_program_has_ended_when_somebody_else_has_the_lock()
    {
        var key = RunSetUp.NewKey();
        await using var tool = ToolProcess.Start("run", "--store", RunSetUp.Store, "--key", key, "--ttl", "10s", "--", "sh", "-c", Family);
        var family = await FamilyAsync(tool);
        await using var rival = await Rival.WaitAsync(key, family);

        await tool.SignalAsync("STOP");

        Assert.That((await rival.EndAsync()).Output, Is.EqualTo(Rival.Alone));
        await tool.SignalAsync("CONT");
        Assert.That((await tool.EndAsync()).ExitCode, Is.EqualTo(113));
    }

    [Test]
    public async Task When_the_supervisor_is_killed_so_is_the_program_and_the_lock_is_free()
    {
        var key = RunSetUp.NewKey();
        await using var tool = ToolProcess.Start("run", "--store", RunSetUp.Store, "--key", key, "--", "sh", "-c", Family);
        var family = await FamilyAsync(tool);

        await Signals.SendAsync("KILL", tool.Supervisor);

        var result = await tool.EndAsync();
        Assert.That((result.ExitCode, result.Errors), Is.EqualTo((116, "gogoscope: the supervisor of sh was killed, and so sh was.\n")));
        Assert.That(family.Where(Processes.IsRunning), Is.Empty);
        Assert.That((await ToolProcess.RunAsync("run", "--store", RunSetUp.Store, "--key", key, "--wait", "0", "--", "true")).ExitCode, Is.Zero);
    }

    [Test]
    public async Task When_the_supervisor_is_killed_what_gogoscope_had_before_goes_on()
    {
        // The shell becomes gogoscope, and keeps its child.
        await using var tool = ToolProcess.StartCommand([
            "sh", "-c", "sh -c 'sleep 1000 & wait' >/dev/null 2>&1 & echo $!; exec \"$@\"", "sh",
            .. ToolProcess.Command, "run", "--store", RunSetUp.Store, "--key", RunSetUp.NewKey(), "--", "sh", "-c", Family]);
        var other = Processes.Parse(await tool.LineAsync());
        var family = await FamilyAsync(tool);
        await Waiting.Until(() => Processes.DescendantsOf(other).Count == 1, "its child has begun");
        IReadOnlyList<int> others = [other, .. Processes.DescendantsOf(other)];
        try
        {
            await Signals.SendAsync("KILL", Processes.ChildrenOf(tool.Id).Single(child => child != other));

            Assert.That((await tool.EndAsync()).ExitCode, Is.EqualTo(116));
            Assert.That(family.Where(Processes.IsRunning), Is.Empty);
            Assert.That(others.Where(Processes.IsRunning), Is.EqualTo(others));
        }
        finally
        {
            await Signals.SendAsync("KILL", others);
        }
    }

    [Test]
    public async Task When_gogoscope_can_not_follow_its_supervisor_the_program_ends_and_the_lock_is_not_given_back()
    {
        var key = RunSetUp.NewKey();
        await using var tool = ToolProcess.Start("run", "--store", RunSetUp.Store, "--key", key, "--ttl", "1h", "--", "sh", "-c", Family);
        var family = await FamilyAsync(tool);

        await File.WriteAllTextAsync($"/proc/{tool.Supervisor}/fd/{await SupervisorWordAsync(tool, 2)}", "no number\n");

        Assert.That((await tool.EndAsync()).ExitCode, Is.EqualTo(116));
        await Waiting.Until(() => !family.Any(Processes.IsRunning), "all of them are gone");
        await using var provider = new FileLockProvider(new Uri(RunSetUp.Store).LocalPath);
        Assert.That((await provider.InspectAsync(key)).Holders, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task When_the_lock_is_lost_while_the_supervisor_stands_still_gogoscope_kills_the_program([Values] bool canBeToldMore)
    {
        var key = RunSetUp.NewKey();
        await using var tool = Start(key, "sh", "-c", Family);
        var family = await FamilyAsync(tool);

        await Signals.SendAsync("STOP", tool.Supervisor);
        if (!canBeToldMore) await File.WriteAllBytesAsync($"/proc/{tool.Supervisor}/fd/{await SupervisorWordAsync(tool, 1)}", new byte[65_536]);
        await ToolProcess.RunAsync("release", key, "--store", RunSetUp.Store, "--force");

        Assert.That((await tool.EndAsync()).ExitCode, Is.EqualTo(113));
        Assert.That(family.Where(Processes.IsRunning), Is.Empty);
    }

    [Test]
    public async Task When_the_program_ends_while_gogoscope_stands_still_the_supervisor_has_nothing_more_to_do()
    {
        await using var tool = ToolProcess.Start("run", "--store", RunSetUp.Store, "--key", RunSetUp.NewKey(), "--ttl", "1h", "--", "sh", "-c", "echo $$; read line");
        var (program, supervisor) = (Processes.Parse(await tool.LineAsync()), tool.Supervisor);

        await tool.SignalAsync("STOP");
        await Signals.SendAsync("KILL", program);

        await Waiting.Until(() => !Processes.IsRunning(supervisor), "it has ended");
        await tool.SignalAsync("CONT");
        Assert.That((await tool.EndAsync()).ExitCode, Is.EqualTo(137));
    }

    [Test]
    public async Task When_the_program_is_killed_the_lock_is_free()
    {
        var key = RunSetUp.NewKey();
        await using var tool = ToolProcess.Start("run", "--store", RunSetUp.Store, "--key", key, "--", "sh", "-c", "echo $$; exec sleep 1000");

        await Signals.SendAsync("KILL", Processes.Parse(await tool.LineAsync()));

        Assert.That((await tool.EndAsync()).ExitCode, Is.EqualTo(137));
        Assert.That((await ToolProcess.RunAsync("run", "--store", RunSetUp.Store, "--key", key, "--wait", "0", "--", "true")).ExitCode, Is.Zero);
    }

    /// <summary>The number of a pipe: 1 for that at which it is told something, 2 for that at which it tells.</summary>
    private static async Task<string> SupervisorWordAsync(ToolProcess tool, int word) =>
        (await File.ReadAllTextAsync($"/proc/{tool.Supervisor}/cmdline")).Split('\0').SkipWhile(text => text != SupervisorSettings.Command).ElementAt(word);

    /// <summary>The program may speak before its supervisor has left the group.</summary>
    internal static Task UntilOutOfTheGroupAsync(int supervisor) => Waiting.Until(() => Libc.GroupOf(supervisor) == supervisor, "the supervisor is in a session of its own");

    internal static async Task<IReadOnlyList<int>> FamilyAsync(ToolProcess tool) => [.. (await tool.LineAsync()).Split().Select(Processes.Parse)];

    private static ToolProcess Start(string key, params IEnumerable<string> program) =>
        ToolProcess.Start(["run", "--store", RunSetUp.Store, "--key", key, "--ttl", "6s", "--grace", "100ms", "--", .. program]);
}
