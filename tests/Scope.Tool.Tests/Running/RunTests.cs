using System.Globalization;
using System.Security.Cryptography;

namespace GoGoScope.Tool.Tests;

/// <summary>A program under a lock, as if it were run without one.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
[Platform("Linux")]
[CancelAfter(60_000)]
public sealed class RunTests
{
    [TestCase(0)]
    [TestCase(7)]
    [TestCase(255)]
    public async Task The_exit_code_is_the_programs(int code) =>
        Assert.That((await RunAsync("sh", "-c", $"exit {code}")).ExitCode, Is.EqualTo(code));

    [Test]
    public async Task A_program_that_a_signal_has_killed_gives_128_and_its_number()
    {
        var result = await RunAsync("sh", "-c", "kill -KILL $$");

        Assert.That((result.ExitCode, result.Errors), Is.EqualTo((137, "")));
    }

    [Test]
    public async Task Who_starts_gogoscope_may_ignore_the_ends_of_children()
    {
        await using var tool = ToolProcess.StartCommand(["env", "--ignore-signal=CHLD", .. ToolProcess.Command, "run", "--store", RunSetUp.Store, "--key", RunSetUp.NewKey(), "--", "sh", "-c", "exit 7"]);

        Assert.That((await tool.EndAsync()).ExitCode, Is.EqualTo(7));
    }

    [Test]
    public async Task Without_standard_error_nothing_is_said_and_all_else_is_the_same()
    {
        await using var tool = ToolProcess.StartCommand(["sh", "-c", "exec \"$@\" 2>&-", "sh", .. ToolProcess.Command, "run", "--store", RunSetUp.Store, "--key", RunSetUp.NewKey(), "--", "no-such-program-here"]);

        Assert.That((await tool.EndAsync()).ExitCode, Is.EqualTo(127));
    }

    [Test]
    public async Task A_program_that_is_not_there_gives_127()
    {
        var result = await RunAsync("no-such-program-here");

        Assert.That((result.ExitCode, result.Errors), Is.EqualTo((127, "gogoscope: \"no-such-program-here\" was not found.\n")));
    }

    [Test]
    public async Task A_file_that_is_no_program_gives_126()
    {
        var result = await RunAsync(typeof(RunTests).Assembly.Location);

        Assert.That((result.ExitCode, result.Errors), Is.EqualTo((126, $"gogoscope: \"{typeof(RunTests).Assembly.Location}\" can't be run: Permission denied.\n")));
    }

    [Test]
    public async Task Any_bytes_go_through_from_input_to_output()
    {
        var bytes = RandomNumberGenerator.GetBytes(1_000_000);
        await using var tool = Start("sh", "-c", "cat; echo to-errors >&2");
        var reading = ReadAsync(tool.Output.BaseStream);

        await tool.Input.BaseStream.WriteAsync(bytes);
        tool.Input.Close();

        Assert.That(await reading.Soon(), Is.EqualTo(bytes));
        var result = await tool.EndAsync();
        Assert.That((result.ExitCode, result.Errors), Is.EqualTo((0, "to-errors\n")));
    }

    [Test]
    public async Task Arguments_arrive_as_they_are()
    {
        string[] words = ["a b", "", "\"", "'", "$HOME", "*", "--key", "--", "@file", "[diagram]", "é", "line\nbreak", "-"];

        var result = await RunAsync(["printf", "<%s>", .. words]);

        Assert.That(result.Output, Is.EqualTo(string.Concat(words.Select(word => $"<{word}>"))));
    }

    [Test]
    public async Task Without_dashes_the_first_word_that_is_no_option_begins_the_program()
    {
        var result = await ToolProcess.RunAsync("run", "--store", RunSetUp.Store, "--key", RunSetUp.NewKey(), "printf", "<%s>", "--key", "--", "--wait", "0");

        Assert.That(result.Output, Is.EqualTo("<--key><--><--wait><0>"));
    }

    [Test]
    public async Task Arguments_and_variables_that_are_no_UTF_8_arrive_as_they_are()
    {
        // .NET's host makes one sign of the last three, and its decoder several.
        const string Script = """NAME="$(printf 'caf\351')"; export NAME; exec "$@" sh -c 'printf %s "$NAME$1$2" | od -An -tx1' sh "$(printf '\377')" "$(printf '\355\263.\340\200.\364\220')" """;
        await using var tool = ToolProcess.StartCommand(["sh", "-c", Script, "sh", .. ToolProcess.Command, "run", "--store", RunSetUp.Store, "--key", RunSetUp.NewKey(), "--"]);

        var result = await tool.EndAsync();

        Assert.That(result.Output.Trim(), Is.EqualTo("63 61 66 e9 ff ed b3 2e e0 80 2e f4 90"));
    }

    [Test]
    public async Task Words_of_the_program_that_look_like_options_with_a_value_arrive_as_they_are()
    {
        string[] words = ["--key=v", "--wait:0", "--key=", "--read=true", "--help", "-h=a=b", "--store", "-x=1", "--", "--key=v", "--key:"];

        foreach (var dashes in new string[][] { ["--"], [] })
        {
            var result = await ToolProcess.RunAsync(["run", "--store", RunSetUp.Store, "--key", RunSetUp.NewKey(), .. dashes, "printf", "<%s>", .. words]);
            Assert.That((result.ExitCode, result.Output), Is.EqualTo((0, string.Concat(words.Select(word => $"<{word}>")))), string.Join(' ', dashes));
        }
    }

    [Test]
    public async Task The_environment_has_the_key_and_a_token_that_rises()
    {
        var key = RunSetUp.NewKey();

        var first = await RunUnderAsync(key, "sh", "-c", "echo $GOGOSCOPE_KEY $GOGOSCOPE_FENCING_TOKEN");
        var second = await RunUnderAsync(key, "sh", "-c", "echo $GOGOSCOPE_KEY $GOGOSCOPE_FENCING_TOKEN");

        var (one, two) = (first.Output.Split(), second.Output.Split());
        Assert.That((one[0], two[0]), Is.EqualTo((key, key)));
        Assert.That(Number(two[1]), Is.GreaterThan(Number(one[1])));
    }

    [Test]
    public async Task The_rest_of_the_environment_is_that_of_gogoscope_and_no_file_of_it_stays_open()
    {
        const string Show = "env | grep -v -e GOGOSCOPE_ -e ^_= -e SHLVL | sort; ls /proc/self/fd | wc -l; grep SigBlk /proc/self/status";
        await using var without = ToolProcess.StartCommand(["sh", "-c", Show]);

        var result = await RunAsync("sh", "-c", Show);

        Assert.That(result.Output, Is.EqualTo((await without.EndAsync()).Output));
    }

    [Test]
    public async Task A_pipe_that_breaks_ends_a_program_as_it_does_elsewhere()
    {
        var result = await RunAsync("bash", "-c", "yes | head -n 1; echo ${PIPESTATUS[0]}");

        Assert.That(result.Output, Is.EqualTo("y\n141\n"));
    }

    [Test]
    public async Task What_a_program_leaves_running_goes_on()
    {
        var result = await RunAsync("sh", "-c", "sleep 1000 >/dev/null 2>&1 & echo $!");

        var left = Processes.Parse(result.Output);
        Assert.That((result.ExitCode, Processes.IsRunning(left)), Is.EqualTo((0, true)));
        await Signals.SendAsync("KILL", left);
    }

    private static ToolProcess Start(params IEnumerable<string> program) => ToolProcess.Start(["run", "--store", RunSetUp.Store, "--key", RunSetUp.NewKey(), "--", .. program]);

    private static Task<ToolResult> RunAsync(params IEnumerable<string> program) => RunUnderAsync(RunSetUp.NewKey(), program);

    private static Task<ToolResult> RunUnderAsync(string key, params IEnumerable<string> program) =>
        ToolProcess.RunAsync(["run", "--store", RunSetUp.Store, "--key", key, "--", .. program]);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }
}
