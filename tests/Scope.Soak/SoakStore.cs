#if !NO_MONGODB
using GoGoScope.Persistence.Mongo;
#endif
using GoGoScope.Persistence.MySql;
using GoGoScope.Persistence.Postgres;

namespace GoGoScope.Soak;

/// <summary>A store for one run, with a server of its own unless it is a directory.</summary>
internal sealed class SoakStore : IAsyncDisposable
{
    private readonly DirectoryInfo? _directory;

    private SoakStore(string name, LocalServer? server)
    {
        Name = name;
        Server = server;
        if (server is null) _directory = Directory.CreateTempSubdirectory("gogoscope-soak-");
    }

    internal static IReadOnlyList<string> Names { get; } = ["file", "redis", "postgres", "mysql", "mongodb"];

    internal string Name { get; }

    /// <summary>Null if there is none that could be restarted.</summary>
    internal LocalServer? Server { get; }

    internal string Connection => Name switch
    {
        "file" => _directory!.FullName,
        // A server that was away is asked again soon.
        "redis" => $"{Server!.Connection},connectTimeout=1000,abortConnect=false",
        _ => Server!.Connection,
    };

    internal static async Task<SoakStore> StartAsync(string name)
    {
        var server = name switch
        {
            "redis" => TestServer.Redis,
            "postgres" => TestServer.Postgres,
            "mysql" => TestServer.MariaDb,
            "mongodb" => TestServer.Mongo,
            _ => null,
        };
        var store = new SoakStore(name, server is null ? null : await server.StartOwnAsync());
        await store.PrepareAsync();
        return store;
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null) await Server.DisposeAsync();
        _directory?.Delete(recursive: true);
    }

    private async Task PrepareAsync()
    {
        switch (Name)
        {
            case "postgres":
                await using (var provider = new PostgresLockProvider(Connection)) await provider.EnsureSchemaAsync();
                break;
            case "mysql":
                await using (var provider = new MySqlLockProvider(Connection)) await provider.EnsureSchemaAsync();
                break;
#if !NO_MONGODB
            case "mongodb":
                await using (var provider = new MongoLockProvider(Connection)) await provider.EnsureSchemaAsync();
                break;
#endif
        }
    }
}
