namespace GoGoScope.Testing;

/// <summary>How the contract of processes gets at a store that has a server.</summary>
public abstract class ServerProcessHarness : ProcessHarness
{
    /// <summary>Where its servers come from.</summary>
    public abstract TestServer Server { get; }

    /// <inheritdoc/>
    public sealed override async Task<string> ConnectionAsync() => InAHurry(await Server.ConnectionAsync());

    /// <summary>How a client gets on that connects again soon, where the driver takes its time.</summary>
    public virtual string InAHurry(string connection) => connection;

    /// <summary>How many commands a swap is, at the most, that is refused: one, unless the server can't answer it with the record.</summary>
    public virtual int CommandsOfARefusal => 1;

    /// <summary>Whether something that was sent is the store's doing, and not its driver's, which asks the server now and then how it is.</summary>
    public virtual bool Counts(ReadOnlyMemory<byte> sent) => true;

    /// <summary>What the store's driver throws when it can't reach the server.</summary>
    public abstract Type DriverError { get; }

    /// <summary>Whether the driver fails at once where nobody listens, and does not wait for somebody to come.</summary>
    public virtual bool TellsThatNobodyIsThere => true;

    /// <summary>The port of the server.</summary>
    public abstract int PortOf(string connection);

    /// <summary>How a client reaches the same server at another port of this machine.</summary>
    public abstract string AtPort(string connection, int port);

    /// <summary>Why the driver can't be told how many connections to use; null if it can.</summary>
    public virtual string? WhyNotOneConnection => null;

    /// <summary>How a client gets on with as few connections as the driver lets it.</summary>
    public virtual string WithOneConnection(string connection) => throw new NotSupportedException(WhyNotOneConnection);

    /// <summary>Deletes the record of <paramref name="key"/>, as a person would by hand.</summary>
    public abstract Task DeleteRecordAsync(string connection, string key);

    /// <summary>Whether the server can be told to end the connections of others. Where it can't, they are cut on the way.</summary>
    public virtual bool KillsConnections => true;

    /// <summary>Ends, at the server, all connections of others, where <see cref="KillsConnections"/>.</summary>
    public virtual Task KillConnectionsAsync(string connection) => throw new NotSupportedException();

    /// <summary>Lets the server forget what it may forget at any time, such as scripts.</summary>
    public virtual Task LetForgetAsync(string connection) => Task.CompletedTask;

    /// <summary>A server that does not let anybody write. It is prepared.</summary>
    public abstract Task<ReadOnlyServer> StartReadOnlyAsync();
}

/// <summary>A server that does not let anybody write, with whatever else has to run for that.</summary>
/// <param name="connection">How clients connect.</param>
/// <param name="servers">What is stopped at the end, the last one first.</param>
public sealed class ReadOnlyServer(string connection, params IReadOnlyList<LocalServer> servers) : IAsyncDisposable
{
    /// <summary>How clients connect.</summary>
    public string Connection => connection;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        for (var i = servers.Count - 1; i >= 0; i--) await servers[i].DisposeAsync();
    }
}
