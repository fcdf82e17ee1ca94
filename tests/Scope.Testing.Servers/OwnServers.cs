using System.Collections.Concurrent;

namespace GoGoScope.Testing;

/// <summary>
/// One server of each kind that tests may kill, stop and cut off, as long as they leave it running: starting one for each of them
/// would take longer than the tests.
/// </summary>
internal static class OwnServers
{
    private static readonly ConcurrentDictionary<TestServer, Lazy<Task<LocalServer>>> Started = new();

    internal static Task<LocalServer> GetAsync(TestServer kind) => Started.GetOrAdd(kind, static kind => new(() => kind.StartOwnAsync())).Value;

    /// <summary>The next one gets another: nobody knows what a failed test has left this one in.</summary>
    internal static async Task EndAsync(TestServer kind)
    {
        if (Started.TryRemove(kind, out var server)) await (await server.Value).DisposeAsync();
    }
}
