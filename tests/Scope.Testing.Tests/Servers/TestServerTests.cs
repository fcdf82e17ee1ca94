using System.Globalization;

namespace GoGoScope.Testing.Tests.Servers;

/// <summary>Where the server of a store comes from, and what is said where it comes from nowhere.</summary>
[NonParallelizable]
public sealed class TestServerTests
{
    private const string Require = "GOGOSCOPE_REQUIRE_STORES";

    private readonly List<string> _asked = [];
    private string? _required;

    [SetUp]
    public void Forget()
    {
        _asked.Clear();
        _required = Environment.GetEnvironmentVariable(Require);
        Environment.SetEnvironmentVariable(Require, null);
        Environment.SetEnvironmentVariable(Nowhere.VariableName, null);
    }

    [TearDown]
    public void Restore()
    {
        Environment.SetEnvironmentVariable(Require, _required);
        Environment.SetEnvironmentVariable(Nowhere.VariableName, null);
    }

    [Test]
    public async Task A_connection_string_in_the_environment_comes_first()
    {
        Environment.SetEnvironmentVariable(Nowhere.VariableName, "given");
        Assert.That(await new TestServer(new Nowhere(), Contained).ConnectionAsync(), Is.EqualTo("given"));
        Assert.That(_asked, Is.Empty);
    }

    [Test, Platform("Linux")]
    public async Task The_program_on_the_machine_comes_before_a_container()
    {
        var server = new TestServer(new ShellServer(), Contained);
        Assert.That(int.Parse(await server.ConnectionAsync(), CultureInfo.InvariantCulture), Is.GreaterThan(0));
        await server.StopAsync();
        Assert.That(_asked, Is.Empty);
    }

    [Test]
    public async Task A_container_that_all_share_comes_last()
    {
        var server = new TestServer(new Nowhere(), Contained);
        Assert.That(await Task.WhenAll(server.ConnectionAsync(), server.ConnectionAsync()), Is.All.EqualTo("contained"));
        Assert.That(_asked, Is.EqualTo(["start"]));
        await server.StopAsync();
        Assert.That(_asked, Is.EqualTo(["start", "stop"]));
    }

    [Test]
    public async Task Without_any_every_test_is_skipped_with_the_reasons()
    {
        var server = new TestServer(new Nowhere(), Refused);
        for (var test = 0; test < 2; test++)
            await Assert.ThatAsync(server.ConnectionAsync, Throws.TypeOf<IgnoreException>().With.Message.EqualTo(Reason("Nowhere: GOGOSCOPE_TEST_NOWHERE is not set, {0}, and Docker does not answer.")));
        Assert.That(_asked, Is.EqualTo(["start"]), "nobody waits for it twice");
    }

    [Test]
    public async Task A_test_that_needs_a_server_of_its_own_is_skipped_with_the_reason() =>
        await Assert.ThatAsync(
            () => new TestServer(new Nowhere(), Contained).StartOwnAsync(),
            Throws.TypeOf<IgnoreException>().With.Message.EqualTo(Reason("Nowhere: the test needs a server of its own, and {0}.")));

    [Test]
    public void Where_stores_are_required_it_fails()
    {
        Environment.SetEnvironmentVariable(Require, "1");
        Assert.That(FailureOf(new TestServer(new Nowhere(), Refused).ConnectionAsync), Does.Contain("Docker does not answer. GOGOSCOPE_REQUIRE_STORES wants it to be there."));
    }

    [Test]
    public void Where_stores_are_required_a_test_that_needs_a_server_of_its_own_fails()
    {
        Environment.SetEnvironmentVariable(Require, "1");
        Assert.That(FailureOf(() => new TestServer(new Nowhere(), Contained).StartOwnAsync()), Does.Contain("GOGOSCOPE_REQUIRE_STORES wants it to be there."));
    }

    /// <summary>The real thing, as far as it goes here: a container where Docker answers, and elsewhere the reason.</summary>
    [Test]
    public async Task Testcontainers_start_one_or_say_why_not([Values("Redis", "PostgreSql", "MariaDb", "MongoDb")] string package)
    {
        try
        {
            ServerProgram program = package switch
            {
                "Redis" => new RedisProgram(),
                "PostgreSql" => new PostgresProgram(),
                "MariaDb" => new MariaDbProgram(),
                _ => new MongoProgram(),
            };
            await using var server = await ServerContainer.StartAsync(program);
            Assert.That(server.Connection, Is.Not.Empty);
        }
        catch (InvalidOperationException e)
        {
            TestContext.Out.WriteLine(e.Message);
            Assert.That(e.Message, Is.EqualTo($"the tests were built without Testcontainers.{package}").Or.StartWith("Docker does not answer (").Or.Match("^its container .+ does not start [(]"));
        }
    }

    private static string? FailureOf(Func<Task> call)
    {
        // A failed assertion is noted with the test, unless it happens in a context of its own.
        using var apart = new NUnit.Framework.Internal.TestExecutionContext.IsolatedContext();
        try
        {
            call().GetAwaiter().GetResult();
        }
        catch (AssertionException e)
        {
            return e.Message;
        }
        return null;
    }

    private static string Reason(string text) =>
        string.Format(CultureInfo.InvariantCulture, text, OperatingSystem.IsLinux() ? "its program is not on this machine (package none)" : "the tests start servers on Linux only");

    private Task<SharedServer> Contained(ServerProgram program)
    {
        _asked.Add("start");
        return Task.FromResult(new SharedServer("contained", new Stop(() => _asked.Add("stop"))));
    }

    private Task<SharedServer> Refused(ServerProgram program)
    {
        _asked.Add("start");
        return Task.FromException<SharedServer>(new InvalidOperationException("Docker does not answer"));
    }

    private sealed class Stop(Action stopping) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            stopping();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>A server whose program is on no machine.</summary>
    private sealed class Nowhere : ServerProgram
    {
        internal const string VariableName = "GOGOSCOPE_TEST_NOWHERE";

        public override string Name => "Nowhere";

        public override string Variable => VariableName;

        public override string Package => "none";

        public override string Connection(int port) => throw new NotSupportedException();

        protected internal override string? FindProgram() => null;

        protected internal override IReadOnlyList<string> Command(string folder, int port) => throw new NotSupportedException();

        protected internal override string StopSignal => throw new NotSupportedException();

        protected internal override Task<bool> IsReadyAsync(string folder, int port, int processId) => throw new NotSupportedException();
    }
}
