namespace GoGoScope.Testing;

/// <summary>
/// Where tests get the server of a store from: the first of a connection string in the environment, and the server's program
/// on this machine. Where neither is to be had the test is skipped with the reason; with GOGOSCOPE_REQUIRE_STORES=1 it fails.
/// </summary>
public sealed class TestServer
{
    private const string RequireVariable = "GOGOSCOPE_REQUIRE_STORES";

    private readonly ServerProgram _program;
    private readonly System.Threading.Lock _gate = new();
    private Task<LocalServer>? _started;

    private TestServer(ServerProgram program) => _program = program;

    /// <summary>GOGOSCOPE_TEST_REDIS, or redis-server.</summary>
    public static TestServer Redis { get; } = new(new RedisProgram());

    /// <summary>GOGOSCOPE_TEST_POSTGRES, or PostgreSQL's programs.</summary>
    public static TestServer Postgres { get; } = new(new PostgresProgram());

    /// <summary>The connection string of the server that all tests of this run share; it is started by the first.</summary>
    public async Task<string> ConnectionAsync()
    {
        if (Environment.GetEnvironmentVariable(_program.Variable) is { Length: > 0 } given) return given;
        // The place for containers is here, before a machine without the program is given up.
        GiveUpWithoutProgram($"{_program.Variable} is not set, and ");
        Task<LocalServer> started;
        lock (_gate) started = _started ??= LocalServer.StartAsync(_program, []);
        return (await started).Connection;
    }

    /// <summary>A server of the caller's own, with further <paramref name="options"/> on its command line.</summary>
    public Task<LocalServer> StartOwnAsync(params IReadOnlyList<string> options)
    {
        GiveUpWithoutProgram("the test needs a server of its own, and ");
        return LocalServer.StartAsync(_program, options);
    }

    /// <summary>Stops what was started for the run. If nobody calls it, that ends with the process all the same.</summary>
    public async Task StopAsync()
    {
        Task<LocalServer>? started;
        lock (_gate) (started, _started) = (_started, null);
        if (started is not null) await (await started).DisposeAsync();
        await OwnServers.EndAsync(this);
    }

    private void GiveUpWithoutProgram(string why)
    {
        if (_program.WhyNot() is not { } reason) return;
        var text = $"{_program.Name}: {why}{reason}.";
        if (Environment.GetEnvironmentVariable(RequireVariable) == "1") Assert.Fail($"{text} {RequireVariable} wants it to be there.");
        Assert.Ignore(text);
    }
}
