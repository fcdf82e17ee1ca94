namespace GoGoScope.Testing;

/// <summary>A suite on a server that only these suites use, so that it may be killed, stopped, and have its connections cut.</summary>
/// <typeparam name="THarness">The store under test.</typeparam>
public abstract class OwnServerContract<THarness> : ProcessContract<THarness> where THarness : ServerProcessHarness, new()
{
    /// <summary>The server. It has to run when a test ends.</summary>
    protected LocalServer Server { get; private set; } = null!;

    /// <inheritdoc/>
    protected sealed override async Task<string> ConnectAsync()
    {
        Server = await OwnServers.GetAsync(Harness.Server);
        return Harness.InAHurry(Server.Connection);
    }

    /// <summary>A server under which a test has failed is not used again.</summary>
    [TearDown]
    public async Task GiveUpAfterFailure()
    {
        if (TestContext.CurrentContext.Result.Outcome.Status != NUnit.Framework.Interfaces.TestStatus.Failed) return;
        await OwnServers.EndAsync(Harness.Server);
    }

    /// <summary>A way to the server that can be cut and held.</summary>
    protected CountingProxy OpenProxy() => Keep(new CountingProxy(Harness.PortOf(Connection)) { Counts = Harness.Counts });

    /// <summary>A provider that reaches the server through <paramref name="proxy"/>, and has done so.</summary>
    protected async Task<LeasedLockProvider> OpenAsync(CountingProxy proxy, LeaseOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(proxy);
        var provider = await OpenAsync(options, Harness.AtPort(Connection, proxy.Port));
        for (var i = 0; i < 3; i++) await (await NewLock(provider, key: $"{Key}:warm").AcquireAsync().Soon()).DisposeAsync();
        return provider;
    }
}
