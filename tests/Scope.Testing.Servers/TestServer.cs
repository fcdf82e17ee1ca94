using System.Diagnostics.CodeAnalysis;

namespace GoGoScope.Testing;

/// <summary>
/// Where tests get the server of a store from: the first of a connection string in the environment, the server's program
/// on this machine, and a container, where Docker answers. Where none is to be had the test is skipped with the reason; with
/// GOGOSCOPE_REQUIRE_STORES=1 it fails, unless the system's packages lack that server.
/// </summary>
public sealed class TestServer
{
    private const string RequireVariable = "GOGOSCOPE_REQUIRE_STORES";

    private readonly ServerProgram _program;
    private readonly Func<ServerProgram, Task<SharedServer>> _startContainer;
    private readonly System.Threading.Lock _gate = new();
    private Task<Started>? _started;

    internal TestServer(ServerProgram program, Func<ServerProgram, Task<SharedServer>>? startContainer = null)
    {
        _program = program;
        _startContainer = startContainer ?? ServerContainer.StartAsync;
    }

    /// <summary>GOGOSCOPE_TEST_REDIS, or redis-server.</summary>
    public static TestServer Redis { get; } = new(new RedisProgram());

    /// <summary>GOGOSCOPE_TEST_POSTGRES, or PostgreSQL's programs.</summary>
    public static TestServer Postgres { get; } = new(new PostgresProgram());

    /// <summary>GOGOSCOPE_TEST_MYSQL, or MariaDB's programs.</summary>
    public static TestServer MariaDb { get; } = new(new MariaDbProgram());
    /// <summary>GOGOSCOPE_TEST_MONGO, or mongod.</summary>
    public static TestServer Mongo { get; } = new(new MongoProgram());

    /// <summary>The connection string of the server that all tests of this run share; it is started by the first.</summary>
    public async Task<string> ConnectionAsync()
    {
        if (Environment.GetEnvironmentVariable(_program.Variable) is { Length: > 0 } given) return given;
        Task<Started> started;
        lock (_gate) started = _started ??= StartAsync();
        var (server, whyNot) = await started;
        if (server is null) GiveUp(_program, $"{_program.Variable} is not set, {whyNot}");
        return server.Connection;
    }

    /// <summary>
    /// A server of the caller's own, which it may stop, kill and pause, with further <paramref name="options"/> on its command
    /// line: always the program on this machine.
    /// </summary>
    public Task<LocalServer> StartOwnAsync(params IReadOnlyList<string> options) => StartOwnAsync(_program, options);

    /// <summary>A transaction pooler in front of <paramref name="postgres"/>: always the program on this machine.</summary>
    public static Task<LocalServer> StartPoolerAsync(LocalServer postgres)
    {
        ArgumentNullException.ThrowIfNull(postgres);
        return StartOwnAsync(new PgBouncerProgram(postgres.Port), []);
    }

    /// <summary>Skips the test, or fails it where stores are required, if <paramref name="program"/> can't be started on this machine.</summary>
    public static void Needs(ServerProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        if (program.WhyNot() is { } reason) GiveUp(program, $"the test needs a server of its own, and {reason}");
    }

    /// <summary>Stops what was started for the run. If nobody calls it, that ends with the process all the same.</summary>
    public async Task StopAsync()
    {
        Task<Started>? started;
        lock (_gate) (started, _started) = (_started, null);
        if (started is not null && (await started).Server is { } server) await server.DisposeAsync();
        await OwnServers.EndAsync(this);
    }

    private async Task<Started> StartAsync()
    {
        if (_program.WhyNot() is not { } noProgram)
        {
            var server = await LocalServer.StartAsync(_program, []);
            return new Started(new SharedServer(server.Connection, server), WhyNot: "");
        }
        try
        {
            return new Started(await _startContainer(_program), WhyNot: "");
        }
        catch (InvalidOperationException noContainer)
        {
            return new Started(Server: null, $"{noProgram}, and {noContainer.Message}");
        }
    }

    private static Task<LocalServer> StartOwnAsync(ServerProgram program, IReadOnlyList<string> options)
    {
        Needs(program);
        return LocalServer.StartAsync(program, options);
    }

    [DoesNotReturn]
    private static void GiveUp(ServerProgram program, string why)
    {
        var text = $"{program.Name}: {why}.";
        if (program.CanBeRequired && Environment.GetEnvironmentVariable(RequireVariable) == "1") Assert.Fail($"{text} {RequireVariable} wants it to be there.");
        Assert.Ignore(text);
    }

    private sealed record Started(SharedServer? Server, string WhyNot);
}
