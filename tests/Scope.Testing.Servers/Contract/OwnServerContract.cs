namespace GoGoScope.Testing;

/// <summary>A suite on a server that each test has to itself, so that it may be killed, stopped, and have its connections cut.</summary>
/// <typeparam name="THarness">The store under test.</typeparam>
public abstract class OwnServerContract<THarness> : ProcessContract<THarness> where THarness : ServerProcessHarness, new()
{
    /// <summary>
    /// What a request comes to whose reply was lost is not certain for as long as it may still arrive, and the end of its provider waits for that:
    /// longer than a test has to.
    /// </summary>
    protected static readonly LeaseOptions EndsSoon = new() { ReleaseTimeout = TimeSpan.FromSeconds(1) };

    /// <summary>The server. It has to run when a test ends.</summary>
    protected LocalServer Server { get; private set; } = null!;

    /// <inheritdoc/>
    protected sealed override async Task<string> ConnectAsync()
    {
        Server = await OwnServers.RentAsync(Harness.Server);
        return Harness.InAHurry(Server.Connection);
    }

    /// <inheritdoc/>
    protected sealed override async Task DisconnectAsync(bool hasPassed)
    {
        if (Server is not null) await OwnServers.ReturnAsync(Harness.Server, Server, hasPassed);
        Server = null!;
    }

    /// <summary>A way to the server that can be cut and held.</summary>
    protected CountingProxy OpenProxy() => Keep(new CountingProxy(Harness.PortOf(Connection)) { Counts = Harness.Counts });

    /// <summary>A way to the server, and what ends all connections that are made there: the server, or, where that can't be told to, the way.</summary>
    protected (string Connection, Func<Task> KillConnectionsAsync) OpenWay()
    {
        if (Harness.KillsConnections) return (Connection, () => Harness.KillConnectionsAsync(Connection));
        var proxy = OpenProxy();
        return (Harness.AtPort(Connection, proxy.Port), () =>
        {
            proxy.CutAll();
            return Task.CompletedTask;
        });
    }

    /// <summary>A provider that reaches the server through <paramref name="proxy"/>, and has done so.</summary>
    protected async Task<LeasedLockProvider> OpenAsync(CountingProxy proxy, LeaseOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        var provider = await OpenAsync(options ?? EndsSoon, Harness.AtPort(Connection, proxy.Port));
        for (var i = 0; i < 3; i++) await (await AcquireAgainAsync(provider, $"{Key}:warm")).DisposeAsync();
        return provider;
    }

    /// <summary>Acquires, again and again until the store answers in time: it may just have come back, or the provider have little patience.</summary>
    protected Task<LockGuard> AcquireAgainAsync(ILockProvider provider, string? key = null) => Again.AcquireAsync(NewLock(provider, key: key));
}
