namespace GoGoScope.Tool.Tests;

/// <summary>Several programs under one key.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
[Platform("Linux")]
[CancelAfter(60_000)]
public sealed class ExclusionTests
{
    [Test]
    public async Task One_runs_at_a_time()
    {
        var (key, file) = (RunSetUp.NewKey(), Path.GetTempFileName());
        // Whoever counts while another one does loses a count.
        const string Count = "n=$(cat \"$1\"); sleep 0.05; echo $((n + 1)) > \"$1\"";
        await File.WriteAllTextAsync(file, "0");

        var results = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ToolProcess.RunAsync(Words(key, "sh", "-c", Count, "sh", file))));

        Assert.That(results.Select(result => result.ExitCode), Is.All.Zero);
        Assert.That((await File.ReadAllTextAsync(file)).Trim(), Is.EqualTo("3"));
        File.Delete(file);
    }

    [Test]
    public async Task Readers_run_together_and_others_after_them()
    {
        var key = RunSetUp.NewKey();
        string[] reader = ["run", "--store", RunSetUp.Store, "--key", key, "--read", "--", "sh", "-c", "echo ready; read line"];
        await using var first = ToolProcess.Start(reader);
        await using var second = ToolProcess.Start(reader);
        Assert.That((await first.LineAsync(), await second.LineAsync()), Is.EqualTo(("ready", "ready")));

        Assert.That((await ToolProcess.RunAsync(["run", "--store", RunSetUp.Store, "--key", key, "--wait", "0", "--", "true"])).ExitCode, Is.EqualTo(112));

        await first.EndAsync();
        await second.EndAsync();
        Assert.That((await ToolProcess.RunAsync(Words(key, "true"))).ExitCode, Is.Zero);
    }

    [Test]
    public async Task Who_does_not_get_it_in_time_runs_nothing_and_says_who_has_it()
    {
        var key = RunSetUp.NewKey();
        await using var holder = ToolProcess.Start(["run", "--store", RunSetUp.Store, "--key", key, "--owner", "ada", "--", "sh", "-c", "echo ready; read line"]);
        await holder.LineAsync();

        var atOnce = await ToolProcess.RunAsync("run", "--store", RunSetUp.Store, "--key", key, "--wait", "0", "--", "echo", "ran");
        var soon = await ToolProcess.RunAsync("run", "--store", RunSetUp.Store, "--key", key, "--wait", "200ms", "--conflict-exit-code", "1", "--", "echo", "ran");

        Assert.That(atOnce, Is.EqualTo(new ToolResult(112, "", $"gogoscope: Lock \"{key}\" was not granted (exclusive) at once. It is held by ada.\n")));
        Assert.That((soon.ExitCode, soon.Output), Is.EqualTo((1, "")));
    }

    [Test]
    public async Task Who_has_a_higher_priority_goes_first()
    {
        var (key, file) = (RunSetUp.NewKey(), Path.GetTempFileName());
        await using var provider = new FileLockProvider(new Uri(RunSetUp.Store).LocalPath);
        await using var holder = ToolProcess.Start(Words(key, "sh", "-c", "echo ready; read line"));
        await holder.LineAsync();
        await using var low = ToolProcess.Start(Words(key, "sh", "-c", "echo low >> \"$1\"", "sh", file));
        await Waiting.Until(async () => (await provider.InspectAsync(key)).Waiters.Count == 1, "the first waits");
        await using var high = ToolProcess.Start(["run", "--store", RunSetUp.Store, "--key", key, "--priority", "5", "--", "sh", "-c", "echo high >> \"$1\"", "sh", file]);
        await Waiting.Until(async () => (await provider.InspectAsync(key)).Waiters.Count == 2, "the second waits");

        await holder.EndAsync();
        await Task.WhenAll(low.EndAsync(), high.EndAsync());

        Assert.That(await File.ReadAllLinesAsync(file), Is.EqualTo(["high", "low"]));
        File.Delete(file);
    }

    [Test]
    public async Task A_key_that_is_a_semaphore_is_refused()
    {
        var key = RunSetUp.NewKey();
        await using var provider = new FileLockProvider(new Uri(RunSetUp.Store).LocalPath);
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
        await using var permit = await scope.CreateSemaphore(key, 3).AcquireAsync();

        var result = await ToolProcess.RunAsync(Words(key, "echo", "ran"));

        Assert.That(result, Is.EqualTo(new ToolResult(115, "", $"gogoscope: Key \"{key}\" is in use as a semaphore of 3 permits at the moment, and was asked for as a lock.\n")));
    }

    private static IEnumerable<string> Words(string key, params IEnumerable<string> program) => ["run", "--store", RunSetUp.Store, "--key", key, "--", .. program];
}
