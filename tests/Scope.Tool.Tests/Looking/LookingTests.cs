using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace GoGoScope.Tool.Tests;

/// <summary>Who holds what, and who waits, as the command line shows it.</summary>
[TestFixture]
[Parallelizable]
[Platform("Linux")]
[CancelAfter(60_000)]
public sealed class LookingTests
{
    private DirectoryInfo _directory = null!;
    private FileLockProvider _provider = null!;

    private string Store => $"file://{_directory.FullName}";

    [SetUp]
    public void Open()
    {
        _directory = Directory.CreateTempSubdirectory("gogoscope-");
        _provider = new FileLockProvider(_directory.FullName);
    }

    [TearDown]
    public async Task Close()
    {
        await _provider.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Test]
    public async Task List_and_show_have_who_holds_and_who_waits()
    {
        await using var guard = await LockOf("b", "ada").AcquireAsync();
        await using var other = await LockOf("a", "bob").AcquireReadAsync();
        await using var second = new FileLockProvider(_directory.FullName);
        await using var waiter = ToolProcess.Start("run", "--store", Store, "--key", "b", "--owner", "eve", "--", "true");
        await Waiting.Until(async () => (await _provider.InspectAsync("b")).Waiters.Count == 1, "somebody waits");

        var list = await ToolProcess.RunAsync("list", "--store", Store);
        var some = await ToolProcess.RunAsync("list", "a", "--store", Store, "--json");
        var show = await ToolProcess.RunAsync("show", "b", "--store", Store);
        var json = await ToolProcess.RunAsync("show", "b", "--store", Store, "--json");
        await guard.DisposeAsync();
        await waiter.EndAsync();

        Assert.That(list.Output, Does.Match(@"(?s)^KEY.*\na +held +bob +read .*\nb +held +ada +exclusive .*\n +waits +eve +exclusive "));
        using var keys = JsonDocument.Parse(some.Output);
        Assert.That(keys.RootElement.EnumerateArray().Select(key => key.GetProperty("key").GetString()), Is.EqualTo(["a"]));
        Assert.That(show.Output, Does.Match(@"(?s)^Lock ""b""\n  held by ada, exclusive, token \d+.* left\n  waited for by eve, exclusive, "));
        using var key = JsonDocument.Parse(json.Output);
        Assert.That(key.RootElement.GetProperty("holders")[0].GetProperty("fencingToken").GetInt64(), Is.EqualTo(guard.FencingToken));
        Assert.That(key.RootElement.GetProperty("waiters")[0].GetProperty("owner").GetString(), Is.EqualTo("eve"));
    }

    [Test]
    public async Task Keys_that_cannot_be_listed_are_one_line()
    {
        await using var server = await TestServer.Redis.StartOwnAsync("--cluster-enabled", "yes");
        using (var client = new TcpClient("127.0.0.1", server.Port))
        {
            using var answers = new StreamReader(client.GetStream());
            await client.GetStream().WriteAsync("CLUSTER ADDSLOTSRANGE 0 16383\r\n"u8.ToArray());
            Assert.That(await answers.ReadLineAsync(), Is.EqualTo("+OK"));
            await Waiting.Until(
                async () =>
                {
                    // It takes a moment until the node believes it.
                    await client.GetStream().WriteAsync("GET k\r\n"u8.ToArray());
                    return await answers.ReadLineAsync() == "$-1";
                },
                "the cluster is up");
        }
        var list = await ToolProcess.RunAsync("list", "--store", $"redis://127.0.0.1:{server.Port}");
        Assert.That(list.ExitCode, Is.EqualTo(114));
        Assert.That(list.Errors, Does.Match(@"^gogoscope: The locks are spread over the nodes of a Redis Cluster.*\n$"));
    }

    [Test]
    public async Task Whatever_a_store_throws_is_one_line()
    {
        var failed = await Assert.ThrowsAsync<ToolException>(() => Look.AtAsync(StorePlace.TryParse(Store)!, _ => throw new DecoderFallbackException("no UTF-8")));

        Assert.That((failed!.ExitCode, failed.Message), Is.EqualTo((114, $"files in {_directory.FullName}: DecoderFallbackException: no UTF-8")));
    }

    [Test]
    public async Task What_nobody_has_is_free()
    {
        var (list, show) = (await ToolProcess.RunAsync("list", "--store", Store), await ToolProcess.RunAsync("show", "k", "--store", Store));

        Assert.That((list.ExitCode, list.Output), Is.EqualTo((0, $"No lock is held or waited for: files in {_directory.FullName}.\n")));
        Assert.That((show.ExitCode, show.Output), Is.EqualTo((0, "Lock \"k\": free\n")));
        Assert.That((await ToolProcess.RunAsync("list", "--store", Store, "--json")).Output, Is.EqualTo("[]\n"));
    }

    [Test]
    public async Task Watch_shows_each_change_as_a_line()
    {
        await using var watch = ToolProcess.Start("watch", "--store", Store, "--every", "10ms", "--json");
        var guard = await LockOf("k", "ada").AcquireAsync();

        using var held = JsonDocument.Parse(await watch.LineAsync());
        await guard.DisposeAsync();
        using var free = JsonDocument.Parse(await watch.LineAsync());
        await watch.SignalAsync("TERM");
        var end = await watch.EndAsync();

        Assert.That(held.RootElement.GetProperty("holders")[0].GetProperty("owner").GetString(), Is.EqualTo("ada"));
        Assert.That(free.RootElement.GetProperty("holders").GetArrayLength(), Is.Zero);
        Assert.That((end.ExitCode, end.Output, end.Errors), Is.EqualTo((143, "", "")));
    }

    [Test]
    public async Task Watch_shows_one_key_alone_in_words()
    {
        await using var watch = ToolProcess.StartCommand([.. Signals.Hearing, .. ToolProcess.Command, "watch", "k", "--store", Store, "--every", "10ms"]);
        Assert.That(await watch.LineAsync(), Does.Match("^[0-9:]{8} Lock \"k\": free$"));

        await using var other = await LockOf("other", "bob").AcquireAsync();
        var guard = await LockOf("k", "ada").AcquireAsync();
        Assert.That(await watch.LineAsync(), Does.Match("^[0-9:]{8} Lock \"k\"$"));
        Assert.That(await watch.LineAsync(), Does.StartWith($"  held by ada, exclusive, token {guard.FencingToken}"));
        await guard.DisposeAsync();
        Assert.That(await watch.LineAsync(), Does.Match("^[0-9:]{8} Lock \"k\": free$"));
        await watch.SignalAsync("INT");

        var end = await watch.EndAsync();
        Assert.That((end.ExitCode, end.Output, end.Errors), Is.EqualTo((130, "", "")));
    }

    [Test]
    public async Task Release_shows_as_JSON_how_the_lock_was_before()
    {
        await using var guard = await LockOf("k", "ada").AcquireAsync();

        using var was = JsonDocument.Parse((await ToolProcess.RunAsync("release", "k", "--store", Store, "--force", "--json")).Output);
        using var then = JsonDocument.Parse((await ToolProcess.RunAsync("release", "k", "--store", Store, "--force", "--json")).Output);

        Assert.That((was.RootElement.GetProperty("key").GetString(), then.RootElement.GetProperty("key").GetString()), Is.EqualTo(("k", "k")));
        Assert.That(was.RootElement.GetProperty("holders").EnumerateArray().Select(holder => holder.GetProperty("fencingToken").GetInt64()), Is.EqualTo([guard.FencingToken]));
        Assert.That(then.RootElement.GetProperty("holders").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Output_that_nobody_reads_any_more_ends_it_without_a_word()
    {
        await using var guard = await LockOf("k", "ada").AcquireAsync();
        await using var watch = ToolProcess.StartCommand(["bash", "-c", "\"$@\" | head -1; echo ${PIPESTATUS[0]}", "bash", .. ToolProcess.Command, "watch", "--store", Store, "--every", "10ms"]);
        Assert.That(await watch.LineAsync(), Does.Contain("held by ada").Or.Contain("Lock \"k\""));
        // Says more, until somebody sees that nobody listens; each key is held for longer than it looks away.
        var end = watch.EndAsync();
        for (var i = 0; !end.IsCompleted; i++)
        {
            await using var other = await LockOf($"k{i}", "bob").AcquireAsync();
            await Task.WhenAny(end, Task.Delay(TimeSpan.FromMilliseconds(50)));
        }
        var result = await end;
        Assert.That((result.Output, result.Errors), Is.EqualTo(("141\n", "")));
    }

    [Test]
    public async Task Output_that_cannot_be_written_is_one_line()
    {
        await using var full = ToolProcess.StartCommand(["bash", "-c", "\"$@\" >/dev/full", "bash", .. ToolProcess.Command, "list", "--store", Store]);
        var result = await full.EndAsync();
        Assert.That((result.ExitCode, result.Errors), Is.EqualTo((117, "gogoscope: The output can't be written: No space left on device.\n")));
    }

    [TestCase("list")]
    [TestCase("show k")]
    [TestCase("watch k")]
    [TestCase("--help")]
    public async Task Output_that_is_closed_cannot_be_written(string command)
    {
        await using var closed = ToolProcess.StartCommand(["bash", "-c", $"\"$@\" {command} >&-", "bash", .. ToolProcess.Command], ("GOGOSCOPE_STORE", Store));
        var result = await closed.EndAsync();
        Assert.That((result.ExitCode, result.Errors), Is.EqualTo((117, "gogoscope: The output can't be written: it is closed.\n")));
    }

    [Test]
    public async Task A_program_may_be_run_without_output()
    {
        await using var closed = ToolProcess.StartCommand(["bash", "-c", "\"$@\" >&-", "bash", .. ToolProcess.Command, "run", "--store", Store, "--key", "k", "--", "sh", "-c", "exit 7"]);
        var result = await closed.EndAsync();
        Assert.That((result.ExitCode, result.Errors), Is.EqualTo((7, "")));
    }

    [Test]
    public async Task What_owners_and_keys_have_in_them_makes_no_lines_and_no_commands_for_terminals()
    {
        await using var guard = await LockOf("k\n\e[2J", "ada\n  held by bob\e[2J").AcquireAsync();
        foreach (var command in new[] { "show", "list" })
        {
            var shown = await ToolProcess.RunAsync(command == "show" ? ["show", "k\n\e[2J", "--store", Store] : ["list", "--store", Store]);
            Assert.That(shown.Output, Has.No.Member('\e'));
            Assert.That(shown.Output.Split('\n'), Has.None.StartsWith("  held by bob"));
        }
    }

    private Lock LockOf(string key, string owner) => new(CancellationToken.None, new LockOptions { Provider = _provider, Key = key, Owner = owner });
}
