namespace GoGoScope.Testing;

/// <summary>
/// Servers that a test may kill, stop and cut off, as long as it leaves them running for the next one: starting one takes longer than
/// most tests.
/// </summary>
internal static class OwnServers
{
    private static readonly System.Threading.Lock Gate = new();
    private static readonly List<(TestServer Kind, LocalServer Server)> Idle = [];

    /// <summary>One that nobody else uses until it is returned.</summary>
    internal static Task<LocalServer> RentAsync(TestServer kind)
    {
        lock (Gate)
        {
            var index = Idle.FindIndex(idle => idle.Kind == kind);
            if (index >= 0)
            {
                var server = Idle[index].Server;
                Idle.RemoveAt(index);
                return Task.FromResult(server);
            }
        }
        return kind.StartOwnAsync();
    }

    /// <summary>Takes it back, if the test has passed: nobody knows what a failed one has left it in.</summary>
    internal static async Task ReturnAsync(TestServer kind, LocalServer server, bool isAsNew)
    {
        if (!isAsNew)
        {
            await server.DisposeAsync();
            return;
        }
        lock (Gate) Idle.Add((kind, server));
    }

    /// <summary>Ends those that nobody uses.</summary>
    internal static async Task EndAsync(TestServer kind)
    {
        List<LocalServer> all;
        lock (Gate)
        {
            all = [.. Idle.Where(idle => idle.Kind == kind).Select(idle => idle.Server)];
            Idle.RemoveAll(idle => idle.Kind == kind);
        }
        foreach (var server in all) await server.DisposeAsync();
    }
}
