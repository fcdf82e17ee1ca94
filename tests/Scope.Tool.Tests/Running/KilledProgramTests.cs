namespace GoGoScope.Tool.Tests;

/// <summary>A program that was ended by a signal, and could not end what it has started.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
[Platform("Linux")]
[CancelAfter(60_000)]
public sealed class KilledProgramTests
{
    /// <summary>A program that hears signals, and children that don't.</summary>
    private const string DeafFamily = $"trap '' TERM; {DeathTests.Children}; trap - TERM; {DeathTests.SayAll}; wait";

    [Test]
    public async Task What_it_has_started_has_ended_when_somebody_else_has_the_lock()
    {
        var key = RunSetUp.NewKey();
        await using var tool = Start(key, DeafFamily);
        var family = await DeathTests.FamilyAsync(tool);
        await using var rival = await Rival.WaitAsync(key, family);

        await Signals.SendAsync("KILL", family[0]);

        Assert.That((await rival.EndAsync()).Output, Is.EqualTo(Rival.Alone));
        var result = await tool.EndAsync();
        Assert.That((result.ExitCode, result.Errors), Is.EqualTo((137, "")));
    }

    [Test]
    public async Task So_it_has_when_the_signal_was_sent_to_gogoscope()
    {
        var key = RunSetUp.NewKey();
        await using var tool = Start(key, DeafFamily);
        var family = await DeathTests.FamilyAsync(tool);
        await using var rival = await Rival.WaitAsync(key, family);

        await tool.SignalAsync("TERM");

        Assert.That((await rival.EndAsync()).Output, Is.EqualTo(Rival.Alone));
        var result = await tool.EndAsync();
        Assert.That((result.ExitCode, result.Errors), Is.EqualTo((143, "")));
    }

    [Test]
    public async Task What_it_has_started_is_asked_first()
    {
        // In the child, too, $$ is the program.
        const string Family = "(trap 'echo asked; exit' TERM; sleep 1000 & echo $$; wait) & wait";
        await using var tool = ToolProcess.Start("run", "--store", RunSetUp.Store, "--key", RunSetUp.NewKey(), "--ttl", "1h", "--grace", "20m", "--", "sh", "-c", Family);

        await Signals.SendAsync("KILL", Processes.Parse(await tool.LineAsync()));

        var result = await tool.EndAsync();
        Assert.That((result.ExitCode, result.Output), Is.EqualTo((137, "asked\n")));
    }

    [Test]
    public async Task When_the_whole_process_group_is_killed_nothing_is_left_of_it_elsewhere()
    {
        var key = RunSetUp.NewKey();
        await using var tool = ToolProcess.StartCommand(["setsid", .. ToolProcess.Command, "run", "--store", RunSetUp.Store, "--key", key, "--ttl", "6s", "--grace", "100ms", "--", "sh", "-c", DeafFamily]);
        var family = await DeathTests.FamilyAsync(tool);
        await DeathTests.UntilOutOfTheGroupAsync(tool.Supervisor);
        await using var rival = await Rival.WaitAsync(key, family);

        await Signals.SendAsync("KILL", -tool.Id);

        Assert.That((await rival.EndAsync()).Output, Is.EqualTo(Rival.Alone));
    }

    private static ToolProcess Start(string key, string script) =>
        ToolProcess.Start("run", "--store", RunSetUp.Store, "--key", key, "--grace", "100ms", "--", "sh", "-c", script);
}
