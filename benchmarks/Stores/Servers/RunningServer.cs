using GoGoScope.Testing;

namespace GoGoScope.Benchmarks.Stores.Servers;

/// <summary>A server that the benchmarks have started, and end.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly LocalServer _server;

    private RunningServer(StoreKind kind, LocalServer server, int process) => (Kind, _server, Process) = (kind, server, process);

    internal StoreKind Kind { get; }

    internal string Connection => Kind.ConnectionAt(Port);

    internal int Port => _server.Port;

    /// <summary>The id of its process.</summary>
    internal int Process { get; }

    internal static async Task<RunningServer> StartAsync(StoreKind kind)
    {
        var server = await kind.StartAsync();
        try
        {
            return new RunningServer(kind, server, await kind.ProcessOfAsync(server));
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    internal Task<IFloor> OpenFloorAsync(StoreVariant variant = StoreVariant.Default) => Kind.OpenFloorAsync(Connection, variant);

    internal Task<CountedProvider> OpenAsync(LeaseOptions? options = null, StoreVariant variant = StoreVariant.Default) =>
        CountedProvider.OpenAsync(Kind, Connection, variant, options);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
