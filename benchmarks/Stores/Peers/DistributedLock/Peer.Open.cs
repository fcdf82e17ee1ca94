using GoGoScope.Benchmarks.Stores.Servers;

namespace GoGoScope.Benchmarks.Stores.Peers;

internal static partial class Peer
{
    static partial void Open(RunningServer server, ref Task<IPeer>? opening) => opening = server.Kind switch
    {
        RedisKind => RedisPeer.OpenAsync(server.Connection),
        PostgresKind => Task.FromResult<IPeer>(new PostgresPeer(server.Connection)),
        _ => null,
    };
}
