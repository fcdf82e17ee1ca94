using System.Globalization;
using GoGoScope.Persistence.MySql;
using GoGoScope.Testing;
#if WITHOUT_MYSQLCONNECTOR
using MySqlConnectorFactory = MySql.Data.MySqlClient.MySqlClientFactory;
#else
using MySqlConnector;
#endif

namespace GoGoScope.Benchmarks.Stores.Servers;

/// <summary>MariaDB with the durability that it has by default: what it answers is on the disk.</summary>
internal sealed class MariaDbKind() : StoreKind("MariaDB", new MariaDbProgram())
{
    internal override bool Tells => false;

    internal override Task<LocalServer> StartAsync() => TestServer.MariaDb.StartOwnAsync("--innodb-flush-log-at-trx-commit=1", "--innodb-doublewrite=ON");

    internal override async Task<int> ProcessOfAsync(LocalServer server) =>
        int.Parse(await File.ReadAllTextAsync(Path.Combine(server.Folder, "data", "pid")), CultureInfo.InvariantCulture);

    internal override string ConnectionAt(int port) => $"Server=127.0.0.1;Port={port};User ID=root;Database=test";

    internal override async Task<ILockStore> OpenAsync(string connection, StoreVariant variant)
    {
        var store = new MySqlLockStore(connection);
        await store.EnsureSchemaAsync();
        return store;
    }

    internal override async Task<IFloor> OpenFloorAsync(string connection, StoreVariant variant)
    {
        // As the store makes its own.
        var dataSource = MySqlConnectorFactory.Instance.CreateDataSource($"{connection};Connection Reset=false");
        return variant == StoreVariant.OfASession ? new NamedLockFloor(dataSource) : await MySqlUpsertFloor.OpenAsync(dataSource);
    }
}
