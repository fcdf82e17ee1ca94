namespace GoGoScope.Tool.Tests;

/// <summary>A program whose lock is lost while it runs.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
[Platform("Linux")]
[CancelAfter(60_000)]
public sealed class LostLeaseTests
{
    [Test]
    public async Task When_the_store_goes_away_the_program_is_asked_to_end()
    {
        await using var server = await TestServer.Redis.StartOwnAsync();
        await using var tool = ToolProcess.Start("run", "--store", $"redis://{server.Connection}", "--ttl", "11s", "--key", "polite", "--", "sh", "-c", "trap 'echo asked; exit 0' TERM; echo ready; while :; do sleep 1000 & wait; done");
        Assert.That(await tool.LineAsync(), Is.EqualTo("ready"));

        await server.KillAsync();

        var result = await tool.EndAsync();
        Assert.That((result.ExitCode, result.Output), Is.EqualTo((113, "asked\n")));
        Assert.That(result.Errors, Does.Contain("gogoscope: sh has not run under \"polite\" to its end: the lease was lost.\n"));
    }

    [Test]
    public async Task When_the_store_comes_back_too_late_a_program_that_does_not_listen_has_been_killed_when_somebody_else_has_the_lock()
    {
        await using var server = await TestServer.Redis.StartOwnAsync();
        var store = $"redis://{server.Connection}";
        await using var tool = ToolProcess.Start(
            "run", "--store", store, "--ttl", "6s", "--key", "deaf", "--", "sh", "-c", $"trap '' TERM; {DeathTests.Children}; trap 'echo asked' TERM; {DeathTests.SayAll}; while :; do wait; done");
        var family = await DeathTests.FamilyAsync(tool);

        await server.KillAsync();
        Assert.That(await tool.LineAsync(), Is.EqualTo("asked"));
        await server.StartAsync();
        await using var rival = Rival.Start(store, "deaf", family);

        Assert.That((await rival.EndAsync()).Output, Is.EqualTo(Rival.Alone));
        Assert.That((await tool.EndAsync()).ExitCode, Is.EqualTo(113));
    }

    [Test]
    public async Task When_the_store_was_only_away_for_a_moment_the_program_goes_on_for_longer_than_the_lease_was()
    {
        await using var server = await TestServer.Redis.StartOwnAsync();
        await using var tool = ToolProcess.Start("run", "--store", $"redis://{server.Connection}", "--ttl", "9s", "--grace", "100ms", "--key", "patient", "--", "sh", "-c", "echo ready; read line; exit 0");
        Assert.That(await tool.LineAsync(), Is.EqualTo("ready"));

        await server.KillAsync();
        await server.StartAsync();
        await using var provider = await GoGoScope.Persistence.Redis.RedisLockProvider.ConnectAsync(server.Connection);
        var first = (await provider.InspectAsync("patient")).Holders.Single().ExpiresAt;
        await Waiting.Until(async () => await provider.InspectAsync("patient") is { Holders: [var holder] } seen && holder.ExpiresAt > first && seen.At > first, "it was renewed, and is held for longer");

        Assert.That((await tool.EndAsync()).ExitCode, Is.Zero);
    }

    [Test]
    public async Task When_the_store_comes_back_without_its_data_the_program_ends_after_the_next_renewal()
    {
        await using var server = await TestServer.Redis.StartOwnAsync("--appendonly", "no");
        var store = $"redis://{server.Connection}";
        await using var tool = ToolProcess.Start("run", "--store", store, "--ttl", "6s", "--grace", "100ms", "--key", "lost", "--", "sh", "-c", "echo ready; sleep 1000");
        Assert.That(await tool.LineAsync(), Is.EqualTo("ready"));

        await server.KillAsync();
        await server.StartAsync();

        var next = await ToolProcess.RunAsync("run", "--store", store, "--key", "lost", "--wait", "0", "--", "true");
        Assert.That((next.ExitCode, (await tool.EndAsync()).ExitCode), Is.EqualTo((0, 113)));
    }

    [Test]
    public async Task A_supervisor_whose_lease_is_about_to_end_starts_nothing()
    {
        var settings = new SupervisorSettings("0", "1", BootTime.Provider.GetTimestamp(), TimeSpan.Zero);
        await using var supervisor = ToolProcess.Start([.. settings.Arguments(), "echo", "ran"]);

        Assert.That(await supervisor.LineAsync(), Is.EqualTo(SupervisorLine.Of(new ProgramEnd(ProgramEndKind.TooLate, 0)).ToString()));
        Assert.That((await supervisor.EndAsync()).ExitCode, Is.Zero);
    }

    [Test]
    public async Task When_the_lock_is_taken_away_the_program_ends_and_somebody_else_has_it()
    {
        var key = RunSetUp.NewKey();
        await using var tool = ToolProcess.Start("run", "--store", RunSetUp.Store, "--key", key, "--ttl", "6s", "--grace", "100ms", "--owner", "ada", "--", "sh", "-c", "echo ready; sleep 1000");
        Assert.That(await tool.LineAsync(), Is.EqualTo("ready"));
        await using var next = ToolProcess.Start("run", "--store", RunSetUp.Store, "--key", key, "--", "sh", "-c", "echo mine; read line; exit 0");
        await Rival.UntilSomebodyWaitsAsync(key);

        var refused = await ToolProcess.RunAsync("release", key, "--store", RunSetUp.Store);
        var released = await ToolProcess.RunAsync("release", key, "--store", RunSetUp.Store, "--force");

        Assert.That((refused.ExitCode, refused.Output), Is.EqualTo((115, "")));
        Assert.That(released.ExitCode, Is.Zero);
        Assert.That(released.Output, Does.StartWith($"\"{key}\" was taken from ada"));
        Assert.That(await next.LineAsync(), Is.EqualTo("mine"));
        var result = await tool.EndAsync();
        Assert.That(result.ExitCode, Is.EqualTo(113), result.Errors);
        Assert.That((await next.EndAsync()).ExitCode, Is.Zero);
        Assert.That((await ToolProcess.RunAsync("release", key, "--store", RunSetUp.Store, "--force")).Output, Is.EqualTo($"Nobody holds \"{key}\".\n"));
    }
}
