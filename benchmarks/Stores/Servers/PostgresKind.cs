using System.Globalization;
using GoGoScope.Persistence.Postgres;
using GoGoScope.Testing;
using Npgsql;

namespace GoGoScope.Benchmarks.Stores.Servers;

/// <summary>PostgreSQL with the durability that it has by default: what it answers is on the disk.</summary>
internal sealed class PostgresKind() : StoreKind("PostgreSQL", new PostgresProgram())
{
    internal override Task<LocalServer> StartAsync() => TestServer.Postgres.StartOwnAsync("-c", "fsync=on", "-c", "max_connections=200");

    internal override async Task<int> ProcessOfAsync(LocalServer server) =>
        int.Parse((await File.ReadAllLinesAsync(Path.Combine(server.Folder, "data", "postmaster.pid")))[0], CultureInfo.InvariantCulture);

    internal override string ConnectionAt(int port) => $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres";

    internal override async Task<ILockStore> OpenAsync(string connection, StoreVariant variant)
    {
        var isFast = variant == StoreVariant.Fast;
        var store = new PostgresLockStore(connection, new PostgresStoreOptions
        {
            Durability = isFast ? PostgresDurability.Fast : PostgresDurability.Durable,
            Table = isFast ? "gogoscope_fast_locks" : "gogoscope_locks",
            PrepareStatements = variant == StoreVariant.Unprepared ? false : null,
        });
        await store.EnsureSchemaAsync();
        return store;
    }

    internal override async Task<IFloor> OpenFloorAsync(string connection, StoreVariant variant) => variant switch
    {
        StoreVariant.Fast => new AdvisoryFloor(NpgsqlDataSource.Create(connection)),
        _ => await UpsertFloor.OpenAsync(NpgsqlDataSource.Create(connection), isPrepared: variant == StoreVariant.PreparedFloor),
    };
}
