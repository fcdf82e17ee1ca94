using System.Net;
using System.Net.Sockets;

namespace GoGoScope.Testing;

/// <summary>
/// A server that the tests have started, on a free port of 127.0.0.1 and in a temporary folder. Whoever owns it may stop, kill
/// and pause it; it keeps its port and its data.
/// </summary>
/// <example>
/// <code>
/// await using var server = await TestServer.Redis.StartOwnAsync();
/// …
/// await server.KillAsync();
/// await server.StartAsync();
/// </code>
/// </example>
public sealed class LocalServer : IAsyncDisposable
{
    private const int Attempts = 5;

    private readonly ServerProgram _program;
    private readonly IReadOnlyList<string> _options;
    private readonly string _folder;
    private readonly Watchdog _watchdog;
    private ServerProcess? _process;

    private LocalServer(ServerProgram program, IReadOnlyList<string> options)
    {
        _program = program;
        _options = options;
        _folder = Directory.CreateTempSubdirectory("gogoscope-").FullName;
        _watchdog = new Watchdog(_folder);
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; private set; }

    /// <summary>How clients connect.</summary>
    public string Connection => _program.Connection(Port);

    /// <summary>Where its files are.</summary>
    public string Folder => _folder;

    /// <summary>Starts a new one, with further <paramref name="options"/> on its command line.</summary>
    internal static async Task<LocalServer> StartAsync(ServerProgram program, IReadOnlyList<string> options)
    {
        var server = new LocalServer(program, options);
        try
        {
            await program.PrepareAsync(server._folder);
            for (var attempt = 1; ; attempt++)
            {
                server.Port = FreePort();
                // Somebody else may have taken the port in between.
                if (await server.TryStartAsync()) return server;
                if (attempt == Attempts) throw new InvalidOperationException($"{program.Name} does not start: {server.Log()}");
            }
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again, after it has been stopped or killed.</summary>
    public async Task StartAsync()
    {
        if (!await TryStartAsync()) throw new InvalidOperationException($"{_program.Name} does not start again: {Log()}");
    }

    /// <summary>Ends it in order.</summary>
    public async Task StopAsync()
    {
        await Running.SignalAsync(_program.StopSignal);
        await EndedAsync();
    }

    /// <summary>Ends it without letting it do anything more.</summary>
    public async Task KillAsync()
    {
        await Running.SignalAllAsync("KILL");
        await EndedAsync();
    }

    /// <summary>Lets it do nothing, without closing anything, until <see cref="ResumeAsync"/>.</summary>
    public Task PauseAsync() => Running.PauseAsync();

    /// <summary>Lets it go on after <see cref="PauseAsync"/>.</summary>
    public Task ResumeAsync() => Running.SignalAllAsync("CONT");

    /// <summary>Ends it and deletes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _process = null;
        await _watchdog.DisposeAsync();
    }

    private ServerProcess Running => _process ?? throw new InvalidOperationException($"{_program.Name} does not run.");

    private async Task<bool> TryStartAsync()
    {
        if (_process is not null) throw new InvalidOperationException($"{_program.Name} runs already.");
        var process = new ServerProcess(_watchdog, [.. _program.Command(_folder, Port), .. _options], LogFile);
        _process = process;
        var ready = false;
        await Waiting.Until(async () => process.HasExited || (ready = await _program.IsReadyAsync(_folder, Port, process.Id)), $"{_program.Name} answers");
        if (!ready) await EndedAsync();
        return ready;
    }

    private async Task EndedAsync()
    {
        await Running.ExitedAsync();
        await Running.DisposeAsync();
        _process = null;
    }

    private string LogFile => Path.Combine(_folder, "log");

    private string Log() => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "it wrote nothing";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
