namespace GoGoScope.Tool.Tests;

/// <summary>What the command line takes and what it refuses.</summary>
[TestFixture]
[Parallelizable]
public sealed class CommandsTests
{
    private const string Forms = "file:///DIRECTORY, redis://HOST:PORT, postgres://USER@HOST:PORT/DATABASE, mysql://USER@HOST:PORT/DATABASE or mongodb://HOST:PORT/DATABASE";
    private const string Escapes = "In a name or a password, ?, #, / and @ are written %3F, %23, %2F and %40.";
    private const string Times = "a number with ms, s, m or h, such as 500ms, 30s, 2m or 1h";

    [TestCase("Option '--key' is required. See gogoscope run --help.", "run", "--", "true")]
    [TestCase("--key must not be empty or white space. See gogoscope run --help.", "run", "--key", " ", "--", "true")]
    [TestCase($"--ttl must be {Times}, not \"30\". See gogoscope run --help.", "run", "--key", "k", "--ttl", "30", "--", "true")]
    [TestCase("--ttl must be from 500ms to 24h, not \"10ms\". See gogoscope run --help.", "run", "--key", "k", "--ttl", "10ms", "--", "true")]
    [TestCase("--ttl must be from 500ms to 24h, not \"25h\". See gogoscope run --help.", "run", "--key", "k", "--ttl", "25h", "--", "true")]
    [TestCase("--wait must be from 0s to 720h, not \"721h\". See gogoscope run --help.", "run", "--key", "k", "--wait", "721h", "--", "true")]
    [TestCase($"--grace must be {Times}, not \"-1s\". See gogoscope run --help.", "run", "--key", "k", "--grace", "-1s", "--", "true")]
    [TestCase($"--wait must be {Times}, not \"-Infinitys\". See gogoscope run --help.", "run", "--key", "k", "--wait=-Infinitys", "--", "true")]
    [TestCase($"--wait must be {Times}, not \"forever\". See gogoscope run --help.", "run", "--key", "k", "--wait", "forever", "--", "true")]
    [TestCase("--grace must be at most a third of --ttl, 3s, not \"4s\".", "run", "--key", "k", "--ttl", "9s", "--grace", "4s", "--", "true")]
    [TestCase("--grace must be at most a third of --ttl, 6666ms, not \"6667ms\".", "run", "--key", "k", "--ttl", "20s", "--grace", "6667ms", "--", "true")]
    [TestCase("--priority must be a whole number from -2147483648 to 2147483647, not \"high\". See gogoscope run --help.", "run", "--key", "k", "--priority", "high", "--", "true")]
    [TestCase("--conflict-exit-code must be a whole number from 0 to 255, not \"256\". See gogoscope run --help.", "run", "--key", "k", "--conflict-exit-code", "256", "--", "true")]
    [TestCase("--conflict-exit-code must be a whole number from 0 to 255, not \"-1\". See gogoscope run --help.", "run", "--key", "k", "--conflict-exit-code", "-1", "--", "true")]
    [TestCase("--priority must be a whole number from -2147483648 to 2147483647, not \"2147483648\". See gogoscope run --help.", "run", "--key", "k", "--priority", "2147483648", "--", "true")]
    [TestCase($"--store must be {Forms}, not \"http://…@h/x\". See gogoscope run --help.", "run", "--key", "k", "--store", "http://ada:secret@h/x", "--", "true")]
    [TestCase($"--store must be {Forms}, not \"redis://h?…\". See gogoscope list --help.", "list", "--store", "redis://h?Table=x")]
    [TestCase($"--store must be {Forms}, not \"redis://…\". {Escapes} See gogoscope list --help.", "list", "--store", "redis://h?KeyPrefix=shop:&password=secret@1")]
    [TestCase($"--store must be {Forms}, not \"postgres://…\". {Escapes} See gogoscope list --help.", "list", "--store", "postgres://ada:s3cret?x@db/shop")]
    [TestCase($"--store must be {Forms}, not \"postgres://…\". {Escapes} See gogoscope list --help.", "list", "--store", "postgres://ada:s3cret?x=1@db/shop")]
    [TestCase($"--store must be {Forms}, not \"postgres://…\". {Escapes} See gogoscope list --help.", "list", "--store", "postgres://ada:s3cret#x@db/shop")]
    [TestCase($"--store must be {Forms}, not \"postgres://…\". {Escapes} See gogoscope list --help.", "list", "--store", "postgres://ada:2024?x@db/shop")]
    [TestCase($"--store must be {Forms}, not \"postgres://…\". {Escapes} See gogoscope list --help.", "list", "--store", "postgres://ada:2024#x@db/shop")]
    [TestCase($"--store must be {Forms}, not \"postgres://…@db/shop\". {Escapes} See gogoscope list --help.", "list", "--store", "postgres://ada:2024/x@db/shop")]
    [TestCase($"--store must be {Forms}, not \"postgres://db/shop?…\". {Escapes} See gogoscope list --help.", "list", "--store", "postgres://db/shop?secret")]
    [TestCase($"--store must be {Forms}, not \"postgres://db/shop#…\". {Escapes} See gogoscope list --help.", "list", "--store", "postgres://db/shop#secret")]
    [TestCase($"--store must be {Forms}, not \"…\". {Escapes} See gogoscope list --help.", "list", "--store", "ada:s3://cret?x@db/shop")]
    [TestCase($"--store must be {Forms}, not \"http://…@h?…\". See gogoscope list --help.", "list", "--store", "http://ada:secret@h?password=x")]
    [TestCase($"--store must be {Forms}, not \"Host=…\". See gogoscope list --help.", "list", "--store", "Host=localhost;Username=shop;Password=secret")]
    [TestCase($"--store must be {Forms}, not \"localhost:6379,…\". See gogoscope list --help.", "list", "--store", "localhost:6379,password=secret")]
    [TestCase($"--store must be {Forms}, not \"/var/locks\". See gogoscope list --help.", "list", "--store", "/var/locks")]
    [TestCase("gogoscope run has no option \"--tll\". See gogoscope run --help.", "run", "--key", "k", "--tll", "3s", "--", "true")]
    [TestCase("gogoscope run has no option \"-x\". See gogoscope run --help.", "run", "--key", "k", "-x", "true")]
    [TestCase("Required argument 'PROGRAM' missing for command: 'run'. See gogoscope run --help.", "run", "--key", "k", "--")]
    [TestCase("There is no command \"start\", but run, list, show, watch, release. See gogoscope --help.", "start")]
    [TestCase("KEY must not be empty or white space. See gogoscope show --help.", "show", "")]
    [TestCase("release takes \"k\" from a holder that may still work under it: say --force if you mean that. See gogoscope release --help.", "release", "k")]
    [TestCase("--every must be from 10ms to 1h, not \"1ms\". See gogoscope watch --help.", "watch", "--every", "1ms")]
    [TestCase("--every must be from 10ms to 1h, not \"61m\". See gogoscope watch --help.", "watch", "--every", "61m")]
    public async Task Bad_input_is_refused_with_what_would_be_right(string message, params string[] args)
    {
        var refused = await Assert.ThrowsAsync<ToolException>(() => Commands.RunAsync(args));

        Assert.That(refused!.Message, Does.EndWith(message));
        Assert.That(refused.ExitCode, Is.EqualTo(115));
    }

    [TestCase("Redis at 127.0.0.1:1: can't be reached (UnableToConnect).", "redis://:secret@127.0.0.1:1")]
    [TestCase("PostgreSQL at 127.0.0.1:1: Failed to connect to 127.0.0.1:1", "postgres://ada:secret@127.0.0.1:1/shop")]
    [TestCase("MySQL at 127.0.0.1:1: the address names no database; it looks like mysql://USER@HOST:PORT/DATABASE.", "mysql://ada:secret@127.0.0.1:1")]
    [TestCase("PostgreSQL at 127.0.0.1:1: Durability is Durable or Fast, not \"quick\".", "postgres://ada:secret@127.0.0.1:1/shop?Durability=quick")]
    [TestCase("PostgreSQL at 127.0.0.1:1: The value cannot be an empty string. (Parameter 'Schema')", "postgres://ada:secret@127.0.0.1:1/shop?Schema=")]
    [TestCase("files in /dev/null/locks: ", "file:///dev/null/locks")]
    [Platform("Linux")]
    public async Task A_store_that_can_not_be_used_is_named_without_its_password(string message, string store)
    {
        var refused = await Assert.ThrowsAsync<ToolException>(() => Commands.RunAsync(["list", "--store", store]));

        Assert.That(refused!.Message, Does.StartWith(message).And.Not.Contain("secret"));
        Assert.That(refused.ExitCode, Is.EqualTo(114));
    }

    [Test]
    public async Task The_store_may_stand_in_the_environment()
    {
        await using var tool = ToolProcess.StartCommand([.. ToolProcess.Command, "list"], ("GOGOSCOPE_STORE", "nonsense"));

        var result = await tool.EndAsync();

        Assert.That((result.ExitCode, result.Errors), Is.EqualTo((115, $"gogoscope: GOGOSCOPE_STORE must be {Forms}, not \"nonsense\".\n")));
    }

    [Test]
    public async Task Help_is_for_each_command_and_has_examples()
    {
        await using var all = ToolProcess.Start("--help");
        await using var one = ToolProcess.Start("run", "--help");

        var (general, run) = (await all.EndAsync(), await one.EndAsync());

        Assert.That((general.ExitCode, general.Errors, run.ExitCode, run.Errors), Is.EqualTo((0, "", 0, "")));
        foreach (var command in new[] { "run", "list", "show", "watch", "release" }) Assert.That(general.Output, Does.Match($@"\n  {command} "));
        Assert.That(general.Output, Does.Contain("gogoscope run --key nightly-backup -- ./backup.sh --full"));
        Assert.That(run.Output, Does.Contain("gogoscope run <PROGRAM>").And.Contain("112  the lock was not granted within --wait").And.Contain("--ttl"));
    }
}
