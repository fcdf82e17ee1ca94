namespace GoGoScope.Testing;

/// <summary>The server that all tests of a run share.</summary>
/// <param name="Connection">How clients connect.</param>
/// <param name="Owner">Ends it.</param>
internal sealed record SharedServer(string Connection, IAsyncDisposable Owner) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Owner.DisposeAsync();
}
